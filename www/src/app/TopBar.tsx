import { AlertBadge } from "../features/alerts/AlertBadge";
import { ApprovalBadge } from "../features/approvals/ApprovalBadge";
import { lockVault } from "../features/vault/model";
import { Button } from "../ui/Button";
import { addressOf, route } from "./route";
import type { Session } from "./session";
import styles from "./TopBar.module.css";

export function TopBar({ session }: { session: Session | undefined }) {
  return (
    <header class={styles.frame}>
      <div class={styles.bar}>
        <div class={styles.brand}>
          <img src="/icon.svg" alt="" width="28" height="28" />
          <div>
            <h1>strongroom</h1>
            <p>The browser keeps the keys, the cloud keeps the ciphertext.</p>
          </div>
        </div>
        {session && <Nav session={session} />}
        <Status session={session} />
      </div>
    </header>
  );
}

function Status({ session }: { session: Session | undefined }) {
  return (
    <div class={styles.status}>
      <p data-testid="vault-status" data-state={session ? "unlocked" : "locked"}>
        <span class={`${styles.lamp} ${session ? styles.on : ""}`} aria-hidden="true" />
        {session ? (
          <>
            <strong data-testid="vault-name">{session.vault.name}</strong>
            <span class={styles.state}> is unlocked</span>
          </>
        ) : (
          "No vault is unlocked"
        )}
      </p>
      {session && (
        <Button id="lock" act={() => lockVault(session.vault)}>
          Lock
        </Button>
      )}
    </div>
  );
}

/** The views of an unlocked vault. */
function Nav({ session: { alerts, approvals } }: { session: Session }) {
  const { at } = route.value;
  const keys = at === "keys" || at === "key" || at === "report";
  return (
    <nav class={styles.nav} aria-label="Views">
      <a href={addressOf.files} aria-current={at === "files" ? "page" : undefined} data-testid="to-files">
        Files
      </a>
      <a href={addressOf.keys} aria-current={keys ? "page" : undefined} data-testid="to-keys">
        Keys
      </a>
      <a href={addressOf.factors} aria-current={at === "factors" ? "page" : undefined} data-testid="to-factors">
        Access
      </a>
      <a href={addressOf.activity()} aria-current={at === "activity" ? "page" : undefined} data-testid="to-activity">
        Activity
      </a>
      <a href={addressOf.alerts} aria-current={at === "alerts" ? "page" : undefined} data-testid="to-alerts">
        <span>
          Alerts
          <AlertBadge alerts={alerts} />
        </span>
      </a>
      <a href={addressOf.approvals} aria-current={at === "approvals" ? "page" : undefined} data-testid="to-approvals">
        <span>
          Approvals
          <ApprovalBadge approvals={approvals} />
        </span>
      </a>
    </nav>
  );
}

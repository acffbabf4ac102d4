import { addressOf, route } from "../route";
import { vault } from "../state";
import { lockVault } from "../vault";
import { Button } from "./Button";

export function TopBar() {
  const open = vault.value;
  return (
    <header class="top">
      <div class="brand">
        <img src="/icon.svg" alt="" width="28" height="28" />
        <div>
          <h1>strongroom</h1>
          <p>The browser keeps the keys, the cloud keeps the ciphertext.</p>
        </div>
      </div>
      {open && <Parts />}
      <div class="status">
        <p data-testid="vault-status" data-state={open ? "unlocked" : "locked"}>
          <span class={open ? "lamp on" : "lamp"} aria-hidden="true" />
          {open ? (
            <>
              <strong data-testid="vault-name">{open.name}</strong> is unlocked
            </>
          ) : (
            "No vault is unlocked"
          )}
        </p>
        {open && (
          <Button id="lock" kind="quiet" act={lockVault}>
            Lock
          </Button>
        )}
      </div>
    </header>
  );
}

/** The page's two parts, once a vault is unlocked. */
function Parts() {
  const files = route.value.at === "files";
  return (
    <nav class="parts" aria-label="Parts of this page">
      <a href={addressOf.files} aria-current={files ? "page" : undefined} data-testid="to-files">
        Files
      </a>
      <a href={addressOf.keys} aria-current={files ? undefined : "page"} data-testid="to-keys">
        Keys
      </a>
    </nav>
  );
}

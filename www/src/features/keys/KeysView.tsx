import { addressOf, type Route } from "../../app/route";
import type { Session } from "../../app/session";
import text from "../../ui/text.module.css";
import { Transfers } from "../transfers/Transfers";
import { VaultPolicyCard } from "../policies/VaultPolicyCard";
import { VaultKeyCard } from "../vault/VaultKeyCard";
import { ActionDialog } from "./actions/ActionDialog";
import { ReportDialog } from "./actions/ReportDialog";
import { KeyList } from "./KeyList";
import styles from "./KeysView.module.css";
import { KeyView } from "./KeyView";
import { Patterns } from "./StateName";

interface Props {
  session: Session;
  route: Extract<Route, { at: "keys" | "key" }>;
}

/** The keys of the vault: all of them, or one. */
export function KeysView({ session, route }: Props) {
  const { keys, transfers } = session;
  return (
    <>
      <Patterns />
      {route.at === "key" ? (
        <KeyView key={route.id} keys={keys} id={route.id} version={route.version} />
      ) : (
        <>
          <KeyList keys={keys} />
          <VaultKeyCard session={session} />
          <VaultPolicyCard session={session} />
          <p class={styles.report}>
            <a class={text.link} href={addressOf.report} data-testid="to-report">
              Report for auditors
            </a>
          </p>
        </>
      )}
      <div class={styles.transfers}>
        <Transfers queue={transfers} />
      </div>
      <ActionDialog keys={keys} />
      <ReportDialog keys={keys} />
    </>
  );
}

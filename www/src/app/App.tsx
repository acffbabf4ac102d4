import { ActivityView } from "../features/activity/ActivityView";
import { AlertsView } from "../features/alerts/AlertsView";
import { ApprovalsView } from "../features/approvals/ApprovalsView";
import { FactorAsked } from "../features/factors/FactorAsked";
import { FactorsView } from "../features/factors/FactorsView";
import { Offer } from "../features/factors/Offer";
import { DropZone } from "../features/files/DropZone";
import { FileList } from "../features/files/FileList";
import { Sides } from "../features/files/Sides";
import { KeysView } from "../features/keys/KeysView";
import { Provider } from "../features/provider/Provider";
import { ReportView } from "../features/report/ReportView";
import { Transfers } from "../features/transfers/Transfers";
import { Entrance } from "../features/vault/Entrance";
import { VaultPanel } from "../features/vault/VaultPanel";
import { StepTitle } from "../ui/StepTitle";
import styles from "./App.module.css";
import { NoticeBar } from "./NoticeBar";
import { route, type Route } from "./route";
import { session, type Session } from "./session";
import { TopBar } from "./TopBar";

const SKIPS: Record<Route["at"], string> = {
  files: "Skip to the files",
  keys: "Skip to the keys",
  key: "Skip to the key",
  factors: "Skip to what opens the vault",
  activity: "Skip to what was done",
  alerts: "Skip to the alerts",
  approvals: "Skip to the approvals",
  report: "Skip to the report",
};

export function App() {
  const open = session.value;
  const { value: at } = route;
  const console = open && at.at !== "files";
  return (
    <>
      <a class={styles.skip} href={console ? "#console" : "#files"}>
        {SKIPS[console ? at.at : "files"]}
      </a>
      <TopBar session={open} />
      <main class={styles.main}>
        {console ? (
          <section
            id="console"
            data-testid="console"
            class={styles.panel}
            aria-labelledby="console-title"
            tabIndex={-1}
          >
            <View session={open} route={at} />
          </section>
        ) : (
          <Overview session={open} />
        )}
      </main>
      {open && <Offer key={open.id} factors={open.factors} />}
      {open && <FactorAsked key={`asked ${open.id}`} factors={open.factors} />}
      <NoticeBar />
    </>
  );
}

function View({ session: open, route: at }: { session: Session; route: Exclude<Route, { at: "files" }> }) {
  switch (at.at) {
    case "factors":
      return <FactorsView session={open} />;
    case "alerts":
      return <AlertsView session={open} />;
    case "approvals":
      return <ApprovalsView session={open} />;
    case "report":
      return <ReportView session={open} />;
    case "activity":
      return <ActivityView session={open} query={at.query} />;
    default:
      return <KeysView session={open} route={at} />;
  }
}

/** Three parts, left to right: keys in the browser, encryption, ciphertext at the provider. */
function Overview({ session: open }: { session: Session | undefined }) {
  return (
    <div class={styles.overview}>
      <section id="keys" class={`${styles.panel} ${styles.keys}`} aria-labelledby="keys-title" tabIndex={-1}>
        <StepTitle number={1} id="keys-title">
          Keys stay in this browser
        </StepTitle>
        {open ? <VaultPanel session={open} /> : <Entrance />}
      </section>
      <section id="files" class={styles.board} aria-label="Files and stored objects" tabIndex={-1}>
        <Sides
          yours={
            <>
              <StepTitle number={2}>Files are encrypted here</StepTitle>
              <DropZone session={open} />
            </>
          }
          theirs={<Provider session={open} />}
        />
        {open && <Transfers queue={open.transfers} />}
        {/* A new list for each session: nothing that was shown of an unlocked vault stays open. */}
        <FileList key={open?.id ?? "locked"} session={open} />
      </section>
    </div>
  );
}

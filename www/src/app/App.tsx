import { DropZone } from "../features/files/DropZone";
import { FileList } from "../features/files/FileList";
import { Sides } from "../features/files/Sides";
import { KeysView } from "../features/keys/KeysView";
import { Provider } from "../features/provider/Provider";
import { Transfers } from "../features/transfers/Transfers";
import { Entrance } from "../features/vault/Entrance";
import { VaultPanel } from "../features/vault/VaultPanel";
import { StepTitle } from "../ui/StepTitle";
import styles from "./App.module.css";
import { NoticeBar } from "./NoticeBar";
import { route } from "./route";
import { session, type Session } from "./session";
import { TopBar } from "./TopBar";

export function App() {
  const open = session.value;
  const { value: at } = route;
  const console = open && at.at !== "files";
  return (
    <>
      <a class={styles.skip} href={console ? "#console" : "#files"}>
        {console ? "Skip to the keys" : "Skip to the files"}
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
            <KeysView session={open} route={at} />
          </section>
        ) : (
          <Overview session={open} />
        )}
      </main>
      <NoticeBar />
    </>
  );
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

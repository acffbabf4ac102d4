import { route } from "../route";
import { vault } from "../state";
import { Compare } from "./Compare";
import { Console } from "./console/Console";
import { DropZone } from "./DropZone";
import { Entrance } from "./Entrance";
import { Ledger } from "./Ledger";
import { NoticeBar } from "./NoticeBar";
import { Provider } from "./Provider";
import { TopBar } from "./TopBar";
import { Transfers } from "./Transfers";
import { VaultPanel } from "./VaultPanel";

export function App() {
  const managing = vault.value !== undefined && route.value.at !== "files";
  return (
    <>
      <a class="skip" href={managing ? "#console" : "#files"}>
        {managing ? "Skip to the keys" : "Skip to the files"}
      </a>
      <TopBar />
      <main class={managing ? "managing" : ""}>{managing ? <Console /> : <Crossing />}</main>
      <Compare />
      <NoticeBar />
    </>
  );
}

/** Three parts, left to right: keys in the browser, encryption, ciphertext at the provider. */
function Crossing() {
  return (
    <>
      <section id="keys" class="panel keys" aria-labelledby="keys-title" tabIndex={-1}>
        <h2 id="keys-title">
          <span class="step">1</span> Keys stay in this browser
        </h2>
        {vault.value ? <VaultPanel vault={vault.value} /> : <Entrance />}
      </section>
      <section id="files" class="crossing" aria-label="Files and what is stored of them" tabIndex={-1}>
        <div class="side yours">
          <h2>
            <span class="step">2</span> Files are encrypted here
          </h2>
          <DropZone />
        </div>
        <div class="side theirs">
          <Provider />
        </div>
        <Transfers />
        <Ledger />
      </section>
    </>
  );
}

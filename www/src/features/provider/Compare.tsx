import type { FileMetadata } from "strongroom";
import { notifyError } from "../../app/notice";
import type { Session } from "../../app/session";
import type { StoredObject } from "../../remote/api";
import { readStart } from "../../remote/object-start";
import { Dialog } from "../../ui/Dialog";
import { Fact, Facts } from "../../ui/Facts";
import { formatDate, formatSize } from "../../ui/format";
import text from "../../ui/text.module.css";
import { useResult } from "../../ui/use-result";
import { Preview } from "../files/Preview";
import styles from "./Compare.module.css";
import { StoredBytes } from "./StoredBytes";

/** Bytes of the body that are read to be shown. */
const EXCERPT = 256;

interface Props {
  object: StoredObject;
  session: Session | undefined;
}

/** One object from both sides: the file as its owner sees it, the bytes as the provider has them. */
export function Compare({ object, session, close }: Props & { close: () => void }) {
  return (
    <Dialog id="comparison" title="What the provider sees" wide close={close}>
      <div class={styles.sides}>
        <Yours object={object} session={session} />
        <Theirs object={object} />
      </div>
    </Dialog>
  );
}

function Yours({ object, session }: Props) {
  const known = session?.files.opened(object.key);
  return (
    <section aria-labelledby="compare-you">
      <h3 id="compare-you">You see</h3>
      {session && known?.kind === "open" ? (
        <>
          <FileFacts metadata={known.metadata} />
          <Preview vault={session.vault} object={object} metadata={known.metadata} />
        </>
      ) : (
        <p class={text.hint}>
          {known?.kind === "closed" ? known.reason : "Unlock the vault to see the file."}
        </p>
      )}
    </section>
  );
}

function FileFacts({ metadata: { name, type, size, modified } }: { metadata: FileMetadata }) {
  return (
    <Facts testid="file-facts">
      <Fact name="Name">{name ?? ""}</Fact>
      <Fact name="Type">{type || "unknown"}</Fact>
      <Fact name="Size">{size === undefined ? "" : formatSize(size)}</Fact>
      <Fact name="Changed">{formatDate(modified)}</Fact>
    </Facts>
  );
}

function Theirs({ object }: { object: StoredObject }) {
  const start = useResult(() => readStart(object, EXCERPT), notifyError, [object]);
  return (
    <section class={styles.theirs} aria-labelledby="compare-provider" data-testid="provider-side">
      <h3 id="compare-provider">The provider sees</h3>
      <Facts>
        <Fact name="Name">{object.key}</Fact>
        <Fact name="Size">{formatSize(object.size)}</Fact>
        <Fact name="Stored">{formatDate(object.modified)}</Fact>
      </Facts>
      {start ? (
        <StoredBytes start={start} size={object.size} />
      ) : (
        <p class={text.hint}>Reading the stored bytes…</p>
      )}
    </section>
  );
}

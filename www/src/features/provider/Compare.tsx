import type { StoredFile } from "strongroom/files";
import { notifyError } from "../../app/notice";
import type { StoredObject } from "../../remote/api";
import { readStart } from "../../remote/object-start";
import { Dialog } from "../../ui/Dialog";
import { Fact, Facts } from "../../ui/Facts";
import { formatDate, formatSize } from "../../ui/format";
import text from "../../ui/text.module.css";
import { useResult } from "../../ui/use-result";
import type { FilesModel } from "../files/model";
import { Preview } from "../files/Preview";
import styles from "./Compare.module.css";
import { storedObjects } from "./model";
import { StoredBytes } from "./StoredBytes";

interface Props {
  /** The name of the body at the store. */
  path: string;
  /** The file that it is; `undefined` while the vault is locked. */
  of: { file: StoredFile; files: FilesModel } | undefined;
  close: () => void;
}

/** One object from both sides: the file as its owner sees it, the bytes as the provider has them. */
export function Compare({ path, of, close }: Props) {
  const object = storedObjects.value?.get(path);
  return (
    <Dialog id="comparison" title="What the provider sees" wide close={close}>
      <div class={styles.sides}>
        <section aria-labelledby="compare-you">
          <h3 id="compare-you">You see</h3>
          {of ? <Yours {...of} /> : <p class={text.hint}>Unlock the vault to see the file.</p>}
        </section>
        <section class={styles.theirs} aria-labelledby="compare-provider" data-testid="provider-side">
          <h3 id="compare-provider">The provider sees</h3>
          {object ? <Theirs object={object} /> : <p class={text.hint}>The provider's list does not have this object.</p>}
        </section>
      </div>
    </Dialog>
  );
}

function Yours({ file, files }: NonNullable<Props["of"]>) {
  const { name, type, size, modified } = file;
  const closed = files.whyClosed(file);
  return (
    <>
      <Facts testid="file-facts">
        <Fact name="Name">{name ?? ""}</Fact>
        <Fact name="Type">{type || "unknown"}</Fact>
        <Fact name="Size">{size === undefined ? "" : formatSize(size)}</Fact>
        <Fact name="Changed">{formatDate(modified)}</Fact>
      </Facts>
      {closed ? <p class={text.hint}>{closed}</p> : <Preview store={files.store} file={file} />}
    </>
  );
}

function Theirs({ object }: { object: StoredObject }) {
  const { key, size, modified, header } = object;
  const start = useResult((signal) => readStart(object, signal), notifyError, [key, header?.key]);
  return (
    <>
      <Facts>
        <Fact name="Name">{key}</Fact>
        <Fact name="Size">{formatSize(size)}</Fact>
        <Fact name="Stored">{formatDate(modified)}</Fact>
      </Facts>
      {start ? <StoredBytes start={start} size={size} /> : <p class={text.hint}>Reading the stored bytes…</p>}
    </>
  );
}

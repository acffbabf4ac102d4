import type { Session } from "../../app/session";
import { Search } from "../../ui/fields";
import { counted, formatSize } from "../../ui/format";
import text from "../../ui/text.module.css";
import { storedObjects } from "../provider/model";
import styles from "./FileList.module.css";
import { FileRow, SealedRow } from "./FileRow";
import { searchFiles, searchText, visibleFiles } from "./search";
import { Sides } from "./Sides";

/** A longer list is searched rather than read. */
const MANY = 10;

/** The files of the unlocked vault, each beside what the provider has of it; while none is unlocked, that alone. */
export function FileList({ session }: { session: Session | undefined }) {
  return session ? <Files session={session} /> : <Sealed />;
}

function Files({ session }: { session: Session }) {
  const { list } = session.files;
  if (!list) return <p class={styles.empty}>Reading the list…</p>;
  return (
    <>
      {list.length === 0 && (
        <Empty title="This vault has no files yet.">Drop a file above, or choose one: it is encrypted in this page and appears here from both sides.</Empty>
      )}
      {list.length > MANY && <Find />}
      {list.length > 0 && (
        <ul class={styles.list} aria-label="Stored files" data-testid="objects">
          {visibleFiles.value.map((file) => (
            <FileRow key={file.id} file={file} files={session.files} />
          ))}
        </ul>
      )}
      {!session.transfers.isBusy && <Others session={session} />}
    </>
  );
}

function Sealed() {
  const { value: all } = storedObjects;
  if (!all) return <p class={styles.empty}>Reading the list…</p>;
  if (all.size === 0) {
    return <Empty title="Nothing is stored yet.">Stored files appear here from both sides: yours and the provider's.</Empty>;
  }
  const newest = [...all.values()].toSorted((a, b) => Date.parse(b.modified ?? "") - Date.parse(a.modified ?? ""));
  return (
    <ul class={styles.list} aria-label="Stored files" data-testid="objects">
      {newest.map((object) => (
        <SealedRow key={object.key} object={object} />
      ))}
    </ul>
  );
}

function Empty({ title, children }: { title: string; children: string }) {
  return (
    <p class={styles.empty} data-testid="empty">
      <strong>{title}</strong> {children}
    </p>
  );
}

/** What the provider has that no file of this vault is in. */
function Others({ session }: { session: Session }) {
  const own = new Set(session.files.list?.map(({ path }) => path));
  const others = [...(storedObjects.value?.values() ?? [])].filter(({ key }) => !own.has(key));
  if (others.length === 0) return null;
  const bytes = others.reduce((sum, { size }) => sum + size, 0);
  return (
    <div class={styles.others} data-testid="others">
      <Sides
        row
        yours={
          <p class={text.hint}>
            Not in this vault: files of other vaults, files that were stored after the backup that this vault was restored
            from, or uploads that have not ended.
          </p>
        }
        theirs={<p class={text.hint}>{`${counted(others.length, "other object")}, ${formatSize(bytes)} of ciphertext`}</p>}
      />
    </div>
  );
}

function Find() {
  const { value } = searchText;
  return (
    <div class={styles.find}>
      <Search id="find" label="Find a file" value={value} onSearch={searchFiles} />
      <span class={`${text.hint} ${styles.found}`} role="status">
        {value.trim() && counted(visibleFiles.value.length, "file")}
      </span>
    </div>
  );
}

import type { Session } from "../../app/session";
import { Search } from "../../ui/fields";
import { counted } from "../../ui/format";
import text from "../../ui/text.module.css";
import styles from "./FileList.module.css";
import { FileRow } from "./FileRow";
import { searchFiles, searchText, visibleObjects } from "./search";
import { storedObjects } from "./stored-objects";

/** A longer list is searched rather than read. */
const MANY = 10;

/** All stored objects, seen from both sides of the line. */
export function FileList({ session }: { session: Session | undefined }) {
  const { value: all } = storedObjects;
  if (all === undefined) return <p class={styles.empty}>Reading the list…</p>;
  if (all.length === 0) {
    return (
      <p class={styles.empty} data-testid="empty">
        <strong>Nothing is stored yet.</strong>{" "}
        {session
          ? "Drop a file above, or choose one: it is encrypted in this page and appears here from both sides."
          : "Stored files appear here from both sides: yours and the provider's."}
      </p>
    );
  }
  return (
    <>
      {all.length > MANY && <Find />}
      <ul class={styles.list} aria-label="Stored files" data-testid="objects">
        {visibleObjects.value.map((object) => (
          <FileRow key={object.key} object={object} session={session} />
        ))}
      </ul>
    </>
  );
}

function Find() {
  const { value } = searchText;
  return (
    <div class={styles.find}>
      <Search id="find" label="Find a file" value={value} onSearch={searchFiles} />
      <span class={`${text.hint} ${styles.found}`} role="status">
        {value.trim() && counted(visibleObjects.value.length, "file")}
      </span>
    </div>
  );
}

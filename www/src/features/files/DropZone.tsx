import { useState } from "preact/hooks";
import { warn } from "../../app/notice";
import type { Session } from "../../app/session";
import text from "../../ui/text.module.css";
import { storedObjects } from "../provider/model";
import { vaultNames } from "../vault/model";
import styles from "./DropZone.module.css";

/** Takes files by dropping, or by choosing them with the input that fills it. */
export function DropZone({ session }: { session: Session | undefined }) {
  const [over, setOver] = useState(false);
  const key = session?.keys.choice.chosen;
  const ready = key !== undefined;
  const first = firstStep(session);
  const upload = (files: Iterable<File>) => {
    if (session && key) session.files.upload(files, key.id);
    else warn(`${first}, then drop the files again.`);
  };
  const onDrag = (event: DragEvent) => {
    event.preventDefault();
    setOver(event.type === "dragover" && ready);
  };
  const onDrop = (event: DragEvent) => {
    onDrag(event);
    upload(event.dataTransfer?.files ?? []);
  };
  const onChoose = ({ currentTarget: input }: { currentTarget: HTMLInputElement }) => {
    upload(input.files ?? []);
    input.value = "";
  };
  return (
    <label
      class={`${styles.zone} ${over ? styles.over : ""}`}
      data-testid="drop-zone"
      data-ready={ready}
      onDragOver={onDrag}
      onDragLeave={onDrag}
      onDrop={onDrop}
    >
      <strong>{titleOf(session, ready, first)}</strong>
      <span class={text.hint}>
        {ready
          ? `Each file gets its own key, wrapped under “${key.alias}”, before any byte leaves.`
          : storedObjects.value?.size
            ? "The list below is all that anyone without your keys can see."
            : "Files are encrypted in this page before they are stored."}
      </span>
      <input
        id="file-input"
        data-testid="file-input"
        class={styles.input}
        type="file"
        multiple
        disabled={!ready}
        onChange={onChoose}
      />
    </label>
  );
}

/** What the user has to do before files can be added. */
function firstStep(session: Session | undefined): string {
  if (session) return "Create a key";
  return vaultNames.value?.length ? "Unlock a vault" : "Create a vault";
}

function titleOf(session: Session | undefined, ready: boolean, first: string): string {
  if (ready) return "Drop files here, or choose them";
  return session && !session.keys.choice.offered ? "Reading the keys…" : `${first} to add files`;
}

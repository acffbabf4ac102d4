import { useComputed } from "@preact/signals";
import type { FileMetadata } from "strongroom";
import { useState } from "preact/hooks";
import type { Session } from "../../app/session";
import type { StoredObject } from "../../remote/api";
import { Button, ButtonGroup } from "../../ui/Button";
import { Confirm } from "../../ui/Confirm";
import { formatDate, formatSize } from "../../ui/format";
import text from "../../ui/text.module.css";
import { Compare } from "../provider/Compare";
import styles from "./FileRow.module.css";
import type { Opened } from "./model";
import { Sides } from "./Sides";
import { deleteStored } from "./stored-objects";

interface Props {
  object: StoredObject;
  session: Session | undefined;
}

/** One object: on the left as its owner sees it, on the right as the provider has it. */
export function FileRow({ object, session }: Props) {
  // Computed, so that each row is drawn again for its own header only.
  const known = useComputed(() => session?.files.opened(object.key)).value;
  const metadata = known?.kind === "open" ? known.metadata : undefined;
  return (
    <li data-testid="object" data-key={object.key} data-name={metadata?.name}>
      <Sides
        row
        yours={
          <div class={styles.yours}>
            {metadata ? <Name metadata={metadata} /> : <Sealed why={reason(session, known)} />}
            <Actions object={object} session={session} metadata={metadata} />
          </div>
        }
        theirs={
          <>
            <code class={styles.key}>{object.key}</code>
            <p class={text.hint}>
              {formatSize(object.size)} of ciphertext, {formatDate(object.modified)}
            </p>
          </>
        }
      />
    </li>
  );
}

function Name({ metadata: { name, type, size } }: { metadata: FileMetadata }) {
  const facts = [type || "unknown type", size === undefined ? "" : formatSize(size)];
  return (
    <div class={styles.file}>
      <p class={styles.name} data-testid="object-name" title={name}>
        <bdi>{name ?? "Unnamed file"}</bdi>
      </p>
      <p class={text.hint}>{facts.filter(Boolean).join(", ")}</p>
    </div>
  );
}

function Sealed({ why }: { why: string }) {
  return (
    <div class={styles.file}>
      <p class={styles.sealed} aria-hidden="true" />
      <p class={text.hint}>{why}</p>
    </div>
  );
}

function reason(session: Session | undefined, known: Opened | undefined): string {
  if (!session) return "Locked: name and type are encrypted.";
  return known?.kind === "closed" ? known.reason : "Opening the header…";
}

function Actions({ object, session, metadata }: Props & { metadata: FileMetadata | undefined }) {
  const [dialog, setDialog] = useState<"compare" | "delete">();
  const close = () => setDialog(undefined);
  const name = metadata?.name ?? object.key;
  return (
    <>
      <ButtonGroup fill>
        {session && metadata && (
          <Button
            testid="download"
            kind="accent"
            label={`Download ${name}`}
            act={() => session.files.download(object)}
          >
            Download
          </Button>
        )}
        <Button testid="compare" label={`Provider's view of ${name}`} act={() => setDialog("compare")}>
          Provider's view
        </Button>
        <Button
          testid="delete-object"
          kind="danger"
          label={`Delete ${name}`}
          act={() => setDialog("delete")}
        >
          Delete
        </Button>
      </ButtonGroup>
      {dialog === "compare" && <Compare object={object} session={session} close={close} />}
      {dialog === "delete" && (
        <Confirm
          title={`Delete “${name}”?`}
          text="The object is deleted from the store for everyone. This cannot be undone."
          confirm="Delete"
          act={() => (session ? session.files.delete(object) : deleteStored(object))}
          close={close}
        />
      )}
    </>
  );
}

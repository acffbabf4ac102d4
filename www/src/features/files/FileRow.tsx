import type { ComponentChildren } from "preact";
import { useState } from "preact/hooks";
import type { StoredFile } from "strongroom/files";
import type { StoredObject } from "../../remote/api";
import { Button, ButtonGroup } from "../../ui/Button";
import { Confirm } from "../../ui/Confirm";
import { formatDate, formatSize } from "../../ui/format";
import text from "../../ui/text.module.css";
import { Compare } from "../provider/Compare";
import { storedObjects } from "../provider/model";
import styles from "./FileRow.module.css";
import { nameOf, type FilesModel } from "./model";
import { Sides } from "./Sides";

interface FileProps {
  file: StoredFile;
  files: FilesModel;
}

/** One file: on the left as its owner sees it, on the right as the provider has it. */
export function FileRow({ file, files }: FileProps) {
  const { name, type, size, path } = file;
  const closed = files.whyClosed(file);
  const facts = [type || "unknown type", size === undefined ? "" : formatSize(size)];
  return (
    <Row path={path} name={name} object={storedObjects.value?.get(path)}>
      <div class={styles.file}>
        <p class={styles.name} data-testid="object-name" title={name}>
          <bdi>{nameOf(file)}</bdi>
        </p>
        <p class={text.hint}>{closed ?? facts.filter(Boolean).join(", ")}</p>
      </div>
      <Actions file={file} files={files} closed={closed !== undefined} />
    </Row>
  );
}

/** One object while no vault is unlocked. */
export function SealedRow({ object }: { object: StoredObject }) {
  const { key } = object;
  return (
    <Row path={key} object={object}>
      <div class={styles.file}>
        <p class={styles.sealed} aria-hidden="true" />
        <p class={text.hint}>Locked: name and type are encrypted.</p>
      </div>
      <ButtonGroup fill>
        <CompareButton name={key} path={key} />
      </ButtonGroup>
    </Row>
  );
}

interface RowProps {
  path: string;
  name?: string | undefined;
  object: StoredObject | undefined;
  children: ComponentChildren;
}

function Row({ path, name, object, children }: RowProps) {
  return (
    <li data-testid="object" data-key={path} data-name={name}>
      <Sides
        row
        yours={<div class={styles.yours}>{children}</div>}
        theirs={
          <>
            <code class={styles.key}>{path}</code>
            <p class={text.hint}>
              {object
                ? `${formatSize(object.size)} of ciphertext, ${formatDate(object.modified)}`
                : "Not in the provider's list"}
            </p>
          </>
        }
      />
    </li>
  );
}

function Actions({ file, files, closed }: FileProps & { closed: boolean }) {
  const [deleting, setDeleting] = useState(false);
  const name = nameOf(file);
  return (
    <>
      <ButtonGroup fill>
        {!closed && (
          <Button testid="download" kind="accent" label={`Download ${name}`} act={() => files.download(file)}>
            Download
          </Button>
        )}
        <CompareButton name={name} path={file.path} of={{ file, files }} />
        <Button testid="delete-object" kind="danger" label={`Delete ${name}`} act={() => setDeleting(true)}>
          Delete
        </Button>
      </ButtonGroup>
      {deleting && (
        <Confirm
          title={`Delete “${name}”?`}
          text="The file is deleted at the provider, for everyone. This cannot be undone."
          confirm="Delete"
          act={() => files.delete(file)}
          close={() => setDeleting(false)}
        />
      )}
    </>
  );
}

function CompareButton({ name, path, of }: { name: string; path: string; of?: FileProps }) {
  const [open, setOpen] = useState(false);
  return (
    <>
      <Button testid="compare" label={`Provider's view of ${name}`} act={() => setOpen(true)}>
        Provider's view
      </Button>
      {open && <Compare path={path} of={of} close={() => setOpen(false)} />}
    </>
  );
}

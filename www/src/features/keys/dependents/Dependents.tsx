import { useState } from "preact/hooks";
import type { TrackedObject } from "strongroom";
import { notifyError } from "../../../app/notice";
import { Button } from "../../../ui/Button";
import { counted, formatSize } from "../../../ui/format";
import text from "../../../ui/text.module.css";
import { useResult } from "../../../ui/use-result";
import { nameOf } from "../../files/model";
import type { KeysModel } from "../model";
import styles from "./Dependents.module.css";
import { Remedies } from "./Remedies";

/** Files on a page of the list. */
const PAGE = 10;

/** Files that fit without scrolling, on a phone too. */
const FITTING = 5;

interface Props {
  keys: KeysModel;
  /** The id of a version of the open key. */
  version: string;
}

/** The files that a version opens, and how to bring them under another one. */
export function Dependents({ keys, version: id }: Props) {
  const [limit, setLimit] = useState(PAGE);
  const { detail } = keys;
  const snapshot = detail?.snapshot;
  const page = useResult(
    async () => detail?.dependents(id, limit),
    notifyError,
    [detail, id, limit, snapshot],
  );
  if (typeof snapshot !== "object" || !page) return <p class={text.hint}>Reading the files that depend on it…</p>;
  const version = snapshot.key.versions.find((one) => one.id === id) ?? snapshot.key.primaryVersion;
  const { total, objects } = page;
  return (
    <div data-testid="dependents" data-total={total}>
      <h4 class={styles.title}>
        {counted(total, "file")} under version {version.number}
      </h4>
      <ul class={styles.files} aria-label="Files" tabIndex={objects.length > FITTING ? 0 : undefined}>
        {objects.map((object) => (
          <Dependent key={object.id} keys={keys} object={object} />
        ))}
      </ul>
      {total > objects.length && (
        <div class={styles.more}>
          <Button id="more-dependents" act={() => setLimit(limit + 10 * PAGE)}>
            Show more
          </Button>
        </div>
      )}
      <Remedies keys={keys} of={snapshot.key} version={version} total={keys.files.under(id).length} />
    </div>
  );
}

function Dependent({ keys, object: { id, size } }: { keys: KeysModel; object: TrackedObject }) {
  const file = keys.files.fileOf(id);
  return (
    <li data-testid="dependent" data-name={file?.name}>
      <span class={styles.name}>{file ? <bdi>{nameOf(file)}</bdi> : <code>{id}</code>}</span>
      <span class={text.hint}>{file ? size !== undefined && formatSize(size) : "not in the list of files"}</span>
    </li>
  );
}

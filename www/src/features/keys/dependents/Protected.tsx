import type { ObjectPage, VaultKey } from "strongroom";
import { counted, formatAge, formatCount, formatDate, formatSize } from "../../../ui/format";
import text from "../../../ui/text.module.css";
import { nameOf, type FilesModel } from "../../files/model";
import type { Version } from "../versions";
import styles from "./Protected.module.css";

interface Props {
  files: FilesModel;
  of: VaultKey;
  /** `undefined`: the key as a whole. */
  version?: Version | undefined;
  /** The first objects of the inventory that it opens, and how many there are. */
  protects: ObjectPage;
}

/** What a key or one of its versions protects: the first files by name, what no list is kept of, and when it was used last. */
export function Protected({ files, of, version, protects: { objects, total } }: Props) {
  const left = total - objects.length;
  return (
    <div class={styles.protected} data-testid="protected" data-total={total}>
      <p>{total === 0 ? "No file in the vault's inventory." : `${counted(total, "file")} in the vault's inventory:`}</p>
      {total > 0 && (
        <ul class={styles.files} aria-label="Files that it protects">
          {objects.map(({ id, size }) => {
            const file = files.fileOf(id);
            return (
              <li key={id} data-testid="protected-file" data-name={file?.name}>
                {file ? <bdi>{nameOf(file)}</bdi> : <code>{id}</code>}
                {size !== undefined && <span class={text.hint}> {formatSize(size)}</span>}
              </li>
            );
          })}
          {left > 0 && <li>and {formatCount(left)} more</li>}
        </ul>
      )}
      <p class={text.hint}>{UNLISTED[of.purpose]}</p>
      <p data-testid="protected-uses">{usesOf(of, version)}</p>
    </div>
  );
}

/** What a key does that no inventory lists. */
const UNLISTED: Record<VaultKey["purpose"], string> = {
  encrypt: "Values that it encrypted, and objects that were not entered, are in no list.",
  share: "What others encrypted to it is listed once it was entered.",
  sign: "What it signed is in no list.",
  mac: "What it signed is in no list.",
  verify: "What it verifies is in no list.",
};

function usesOf({ uses, lastUsed }: VaultKey, version: Version | undefined): string {
  const last = lastUsed === undefined ? "" : `, the last time ${formatAge(lastUsed)} ago, on ${formatDate(lastUsed)}`;
  const ofKey = uses === 0 ? "The key was never used" : `The key was used ${counted(uses, "time")}${last}`;
  return version ? `${ofKey}; this version, ${counted(version.uses, "time")}.` : `${ofKey}.`;
}

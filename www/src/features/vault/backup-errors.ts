/** Failures of a backup that is restored, as sentences. */

import { IntegrityError, MalformedError, VaultExistsError } from "strongroom";
import { explain } from "../../app/explain";

/** Whether the file is to blame. */
export const isDamaged = (error: unknown): boolean => error instanceof IntegrityError || error instanceof MalformedError;

export function explainBackup(error: unknown): string {
  if (isDamaged(error)) return "This is not a backup, or it is damaged. Nothing was restored. Choose another one.";
  if (!(error instanceof VaultExistsError)) return explain(error);
  return "A vault with this name is here already, and stays as it is. “I have a vault elsewhere” restores the backup under another name.";
}

/** What a verification of the log found, and what that means. */

import type { AuditFault, AuditVerification } from "strongroom";
import { counted } from "../../ui/format";

interface Verified {
  headline: string;
  sentences: readonly string[];
}

const NOT_TRUSTED =
  "Somebody, or something, wrote to this browser’s storage beside the vault. Do not rely on what the log says from there on.";

const FAULTS: Record<AuditFault, (found: AuditVerification) => Verified> = {
  entries: ({ intact, size }) => ({
    headline: "The log is not whole.",
    sentences: [
      `The vault accounts for ${entries(size)}. ${intact === 0 ? "From the first one on, some" : `The first ${entries(intact)} ${intact === 1 ? "is" : "are"} as they were written. After them, some`} were changed, moved or taken away.`,
      NOT_TRUSTED,
    ],
  }),
  tree: () => ({
    headline: "The log has entries that the vault does not account for.",
    sentences: ["Each entry opens, but the store kept some that it had refused, in the place of others.", NOT_TRUSTED],
  }),
  "rolled-back": ({ size }) => ({
    headline: "The log was set back.",
    sentences: [
      `It has ${entries(size)}, fewer than the checkpoint that you kept, so the vault was set back to an earlier copy of itself. What was done since is not in it.`,
      "A copy of the browser’s profile that was restored does that, too.",
    ],
  }),
  forked: () => ({
    headline: "The log has other entries than the checkpoint.",
    sentences: [
      "The vault was set back to an earlier copy of itself and used since, or this is another copy than the one that you kept the checkpoint of.",
    ],
  }),
};

/**
 * @param held whether it was held against a checkpoint
 * @param log the id of the log that is written
 */
export function verified(found: AuditVerification, held: boolean, log: string | undefined): Verified {
  if (found.fault) return FAULTS[found.fault](found);
  const earlier = found.log === log ? "" : " of an earlier log of this vault";
  return {
    headline: "The log is whole.",
    sentences: [
      `${counted(found.size, "entry was", "entries were")} read${earlier}. Each is as it was written, in its place, and one of those that the vault accounts for.`,
      held
        ? "It has each entry of the checkpoint that you kept: nothing of what was in it then was changed or taken away."
        : "This does not tell whether the vault was set back as a whole. Save a checkpoint, keep it outside this browser, and verify the log against it the next time.",
    ],
  };
}

const entries = (count: number): string => counted(count, "entry", "entries");

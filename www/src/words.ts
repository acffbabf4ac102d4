/** What keys, purposes and states are called, and what they mean, for people. */

import type { Purpose, VersionState } from "strongroom";

/** In the order of a life. */
export const STATES = [
  "pre-active",
  "active",
  "suspended",
  "deactivated",
  "compromised",
  "destroy-scheduled",
  "destroyed",
] as const satisfies readonly VersionState[];

export const STATE_NAMES: Record<VersionState, string> = {
  "pre-active": "waiting",
  active: "active",
  suspended: "suspended",
  deactivated: "deactivated",
  compromised: "compromised",
  "destroy-scheduled": "to be destroyed",
  destroyed: "destroyed",
};

interface Words {
  name: string;
  /** What the key is for, to choose by. */
  about: string;
  /** What it does to what is new: `it ${protects}`. */
  protects: string;
  /** What it does to what is there: `it ${opens}`. */
  opens: string;
}

export const PURPOSES: Record<Purpose, Words> = {
  encrypt: {
    name: "encrypt",
    about: "Files and values. Whoever has it can also decrypt.",
    protects: "encrypts new files",
    opens: "opens the files that it protects",
  },
  share: {
    name: "share",
    about: "Others encrypt to its public half; only this vault decrypts.",
    protects: "receives what others encrypt to it",
    opens: "opens what others have encrypted to it",
  },
  sign: {
    name: "sign",
    about: "Signs; whoever has its public half can check that.",
    protects: "signs",
    opens: "verifies what it has signed",
  },
};

/** What a version in a state does, as a sentence. */
export function meaning(state: VersionState, purpose: Purpose): string {
  const { protects, opens } = PURPOSES[purpose];
  switch (state) {
    case "pre-active":
      return "It does nothing yet: it takes over when it is activated.";
    case "active":
      return `It ${protects}, and ${opens}.`;
    case "suspended":
      return "It does nothing until it is resumed. Nothing is lost.";
    case "deactivated":
      return `It still ${opens}. It does nothing else, and never will.`;
    case "compromised":
      return `It still ${opens}, but somebody else may do so too.`;
    case "destroy-scheduled":
      return "It does nothing, and will be erased. Until then that can be taken back.";
    case "destroyed":
      return "Its material is erased. That it existed is remembered.";
  }
}

/** What an operation that a history names is called. */
const OPERATIONS: Record<string, string> = {
  create: "made",
  import: "imported",
  rotate: "rotated",
  rotateEvery: "rotated, because it was time",
  activate: "activated",
  suspend: "suspended",
  resume: "resumed",
  revoke: "revoked",
  scheduleDestroy: "destruction scheduled",
  cancelDestroy: "destruction taken back",
  destroy: "destroyed",
  scheduledDestroy: "destroyed, because it was time",
};

export const operation = (by: string): string => OPERATIONS[by] ?? by;

/** The names and meanings of purposes, states and operations, as the page shows them. */

import type { Purpose, VersionState } from "strongroom";

/** In the order of a life cycle. */
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
  "pre-active": "not yet active",
  active: "active",
  suspended: "suspended",
  deactivated: "deactivated",
  compromised: "compromised",
  "destroy-scheduled": "pending destruction",
  destroyed: "destroyed",
};

interface PurposeText {
  name: string;
  /** What the key is for, to choose by. */
  about: string;
  /** What the primary version does: `it ${protects}`. */
  protects: string;
  /** What every usable version does: `it ${opens}`. */
  opens: string;
}

export const PURPOSES: Record<Purpose, PurposeText> = {
  encrypt: {
    name: "encrypt",
    about: "Encrypts and decrypts files and values.",
    protects: "encrypts new files",
    opens: "opens the files it protects",
  },
  share: {
    name: "share",
    about: "Others encrypt to its public half; only this vault decrypts.",
    protects: "receives new messages from others",
    opens: "opens what others have encrypted to it",
  },
  sign: {
    name: "sign",
    about: "Signs; anyone with its public half can verify.",
    protects: "signs",
    opens: "verifies its signatures",
  },
  mac: {
    name: "mac",
    about: "Signs what only this vault verifies.",
    protects: "signs",
    opens: "verifies its signatures",
  },
  verify: {
    name: "verify",
    about: "Somebody else's public key: verifies what they sign.",
    protects: "verifies what they sign",
    opens: "verifies what they signed",
  },
};

/** What a version in a state does, as a sentence. */
export function meaning(state: VersionState, purpose: Purpose): string {
  const { protects, opens } = PURPOSES[purpose];
  switch (state) {
    case "pre-active":
      return "It does nothing until it is activated.";
    case "active":
      return `It ${protects} and ${opens}.`;
    case "suspended":
      return "It does nothing until it is resumed. Nothing is lost.";
    case "deactivated":
      return `It still ${opens} and does nothing else.`;
    case "compromised":
      return `It still ${opens}, but this key may be compromised.`;
    case "destroy-scheduled":
      return "It does nothing and will be erased. You can cancel that until then.";
    case "destroyed":
      return "Its key material is erased. Only its history is kept.";
  }
}

/** The name of an operation in a version's history. */
const OPERATIONS: Record<string, string> = {
  create: "created",
  import: "imported",
  rotate: "rotated",
  rotateEvery: "rotated on schedule",
  activate: "activated",
  suspend: "suspended",
  resume: "resumed",
  revoke: "revoked",
  scheduleDestroy: "destruction scheduled",
  cancelDestroy: "destruction cancelled",
  destroy: "destroyed",
  scheduledDestroy: "destroyed on schedule",
};

export const operationName = (by: string): string => OPERATIONS[by] ?? by;

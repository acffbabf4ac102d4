/** What can be done with a key or with one of its versions: which state permits what, and how it is called. */

import { signal } from "@preact/signals";
import type { VersionState } from "strongroom";
import type { Version } from "./shown";
import type { Key } from "./state";

export type Verb =
  | "rotate"
  | "activate"
  | "suspend"
  | "resume"
  | "revoke"
  | "scheduleDestroy"
  | "cancelDestroy"
  | "destroy";

export interface Deed {
  verb: Verb;
  key: Key;
  /** `undefined`: of the key as a whole. */
  version: Version | undefined;
}

/** What somebody is about to do, and is told the consequences of. */
export const considered = signal<Deed | undefined>(undefined);

const OF_VERSION: Record<VersionState, readonly Verb[]> = {
  "pre-active": ["activate", "revoke", "scheduleDestroy"],
  active: ["suspend", "revoke"],
  suspended: ["resume", "revoke"],
  deactivated: ["revoke", "scheduleDestroy"],
  compromised: ["scheduleDestroy"],
  "destroy-scheduled": ["cancelDestroy", "destroy"],
  destroyed: [],
};

/** What a version's state permits. One that is in use is destroyed with its key only, or after it was revoked. */
export const verbsOfVersion = ({ state }: Version): readonly Verb[] => OF_VERSION[state];

/** What can be done with a key as a whole. */
export function verbsOfKey({ session, versions }: Key): readonly Verb[] {
  const left = versions.filter(({ state }) => state !== "destroyed");
  if (session || left.length === 0) return [];
  const doomed = left.every(({ state }) => state === "destroy-scheduled");
  return doomed ? ["cancelDestroy", "destroy"] : ["rotate", "scheduleDestroy"];
}

interface Name {
  /** On the button that leads to the consequences, and on the one that does it. */
  button: string;
  title: (what: string) => string;
  done: (what: string) => string;
  /** Whether it takes something away for good. */
  grave: boolean;
}

const NAMES: Record<Verb, Name> = {
  rotate: {
    button: "Rotate",
    title: (what) => `Rotate ${what}?`,
    done: (what) => `${what} has a new version.`,
    grave: false,
  },
  activate: {
    button: "Activate",
    title: (what) => `Activate ${what}?`,
    done: (what) => `${what} is active.`,
    grave: false,
  },
  suspend: {
    button: "Suspend",
    title: (what) => `Suspend ${what}?`,
    done: (what) => `${what} is suspended.`,
    grave: false,
  },
  resume: {
    button: "Resume",
    title: (what) => `Resume ${what}?`,
    done: (what) => `${what} is in use again.`,
    grave: false,
  },
  revoke: {
    button: "Revoke",
    title: (what) => `Revoke ${what}?`,
    done: (what) => `${what} is revoked.`,
    grave: true,
  },
  scheduleDestroy: {
    button: "Schedule destruction",
    title: (what) => `Destroy ${what} later?`,
    done: (what) => `${what} is going to be destroyed.`,
    grave: true,
  },
  cancelDestroy: {
    button: "Take destruction back",
    title: (what) => `Keep ${what}?`,
    done: (what) => `${what} is kept.`,
    grave: false,
  },
  destroy: {
    button: "Destroy now",
    title: (what) => `Destroy ${what} now?`,
    done: (what) => `${what} is destroyed.`,
    grave: true,
  },
};

/** What has protected already, or waits, is not revoked but reported. */
const REPORTED: Name = {
  button: "Report as compromised",
  title: (what) => `Report ${what} as compromised?`,
  done: (what) => `${what} is marked as compromised.`,
  grave: true,
};

export function nameOf({ verb, version }: Pick<Deed, "verb" | "version">): Name {
  return verb === "revoke" && version && !isInUse(version) ? REPORTED : NAMES[verb];
}

export const isInUse = ({ state }: Version): boolean => state === "active" || state === "suspended";

/** `version 2 of “photos”`. */
export function whatOf({ key, version }: Deed): string {
  return version ? `version ${version.number} of “${key.alias}”` : `“${key.alias}”`;
}

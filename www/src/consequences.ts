/** What becomes of things when something is done with a key: said before the button is pressed. */

import { isInUse, type Deed, type Verb } from "./deeds";
import { formatDate } from "./format";
import { primaryOf, protecting, type Version } from "./shown";
import type { Key } from "./state";
import { counted, formatPeriod } from "./time";
import { PURPOSES, STATE_NAMES } from "./words";

export interface Consequence {
  /** What happens, what stops, what goes on as it was, what is lost for good, and where copies are. */
  kind: "happens" | "stops" | "stays" | "lost" | "copies";
  text: string;
}

export interface Facts {
  /** Files of the inventory that depend on the version, or on any of the key's. */
  files: number;
  /** When the backups were saved that hold it, in milliseconds since 1970. */
  backups: readonly number[];
}

/** Backups that are named; the others are counted. */
const NAMED = 3;

export function consequencesOf(deed: Deed, facts: Facts): readonly Consequence[] {
  return TELLERS[deed.verb](deed, facts);
}

const happens = (text: string): Consequence => ({ kind: "happens", text });
const stops = (text: string): Consequence => ({ kind: "stops", text });
const stays = (text: string): Consequence => ({ kind: "stays", text });
const lost = (text: string): Consequence => ({ kind: "lost", text });
const copies = (text: string): Consequence => ({ kind: "copies", text });

const TELLERS: Record<Verb, (deed: Deed, facts: Facts) => Consequence[]> = {
  rotate: ({ key }, { files }) => {
    const next = Math.max(...key.versions.map(({ number }) => number)) + 1;
    return [
      happens(`Version ${next} is made, and ${PURPOSES[key.purpose].protects} from now on.`),
      ...succession(key),
      ...some(files > 0 && stays(`${filesOf(files)} stay as they are. Afterwards you can move them to version ${next}.`)),
      ...some(key.rotateEvery && happens(`It is rotated again ${formatPeriod(key.rotateEvery)} from now.`)),
    ];
  },
  activate: ({ key, version }) => [
    happens(`Version ${version?.number} ${PURPOSES[key.purpose].protects} from now on.`),
    ...succession(key),
  ],
  suspend: ({ key, version }, { files }) => [
    ...some(isPrimary(key, version) && stops(`It no longer ${PURPOSES[key.purpose].protects}.`)),
    stops(closed(key, files)),
    stays("Nothing is lost: it can be resumed at any time."),
  ],
  resume: ({ key, version }) => {
    const { protects, opens } = PURPOSES[key.purpose];
    const primary = isPrimary(key, version);
    return [
      happens(primary ? `It ${protects} again, and ${opens}.` : `It ${opens} again.`),
      ...some(!primary && stays(`It protects nothing new: version ${primaryOf(key).number} is the primary one.`)),
    ];
  },
  revoke: (deed, facts) => revoked(deed, facts),
  scheduleDestroy: ({ key, version }, { files, backups }) => [
    ...some((!version || isPrimary(key, version)) && protecting(key) && stops(`It no longer ${PURPOSES[key.purpose].protects}.`)),
    stops(`From now on, not only from that day: ${lower(closed(key, files))}`),
    stays("Until that day you can take it back. It then opens as before, and protects nothing new."),
    lost("On that day it is erased. What only it opens is lost, for you and for everybody."),
    ...some(files > 0 && stays("Files that need it on that day hold its destruction up, unless you decide otherwise below.")),
    heldBy(backups),
  ],
  cancelDestroy: ({ key, version }, { files }) => [
    happens(`It ${PURPOSES[key.purpose].opens} again${files > 0 ? `: ${counted(files, "file")}` : ""}.`),
    ...some(!version && stays("It protects nothing new: rotate the key for a version that does.")),
  ],
  destroy: ({ version }, { files, backups }) => [
    lost("It is erased now, and cannot be brought back."),
    files > 0
      ? lost(`${filesOf(files)} will open to nobody, ever.`)
      : stays("No file in the vault's inventory depends on it."),
    ...some(version && stays("The key's other versions go on as they are.")),
    heldBy(backups),
    copies("Deleted database pages may survive on this disk, readable by whoever has the disk and the passphrase."),
    stays("That it existed, and what became of it, is remembered."),
  ],
};

function revoked({ key, version }: Deed, { files }: Facts): Consequence[] {
  const { protects, opens } = PURPOSES[key.purpose];
  if (version?.state === "pre-active") return [stops("It can never be activated.")];
  const again = stays(
    files > 0
      ? `${filesOf(files)} still open: to you, and to whoever else has the key.`
      : `It still ${opens}: for you, and for whoever else has the key.`,
  );
  const ending = happens("Then you are shown what such a holder can read, and what ends that.");
  if (!version || isInUse(version)) {
    return [stops(`It no longer ${protects}, and never will again.`), again, ending];
  }
  return [happens("It is marked for good: somebody else may have it."), again, ending];
}

/** What becomes of the version that is the primary one until now. */
function succession(key: Key): Consequence[] {
  const { number, state } = primaryOf(key);
  const { opens } = PURPOSES[key.purpose];
  return [
    stays(
      state === "active"
        ? `Version ${number} is deactivated: it still ${opens}, and does nothing else.`
        : `Version ${number} stays as it is: ${STATE_NAMES[state]}.`,
    ),
  ];
}

const isPrimary = (key: Key, version: Version | undefined): boolean => version?.id === key.primary;

const filesOf = (files: number): string => (files === 1 ? "The file under it" : `The ${counted(files, "file")} under it`);

function closed(key: Key, files: number): string {
  if (files > 0) return `${filesOf(files)} ${files === 1 ? "does" : "do"} not open.`;
  const { purpose } = key;
  return purpose === "sign" ? "It verifies nothing that it has signed." : "It opens nothing. No file depends on it.";
}

const lower = (text: string): string => text.charAt(0).toLowerCase() + text.slice(1);

function heldBy(backups: readonly number[]): Consequence {
  if (backups.length === 0) {
    return copies("No backup was saved from this page since it was made. One from elsewhere would still hold it.");
  }
  const dates = backups.toReversed().slice(0, NAMED).map(formatDate).join("; ");
  const others = backups.length > NAMED ? `, and ${backups.length - NAMED} older ones` : "";
  return copies(
    `${counted(backups.length, "backup")} of this page still ${backups.length === 1 ? "holds" : "hold"} it (${dates}${others}): whoever has one and its passphrase opens what it opens.`,
  );
}

function some(one: Consequence | false | undefined | ""): Consequence[] {
  return one ? [one] : [];
}

/** The consequences of an action on a key, shown before it is confirmed. */

import type { VaultKey } from "strongroom";
import { counted, formatDate, formatPeriod } from "../../../ui/format";
import { PURPOSES, STATE_NAMES } from "../labels";
import { isInUse, protectingVersion, type Version } from "../versions";
import type { ActionName, KeyAction } from "./key-actions";
import type { ActionFacts } from "./model";

export interface Consequence {
  /** What happens, what stops, what stays as it was, what is lost for good, and where copies are. */
  kind: "happens" | "stops" | "stays" | "lost" | "copies";
  text: string;
}

/** Backups that are named; the others are counted. */
const NAMED = 3;

export function consequencesOf(action: KeyAction, facts: ActionFacts): readonly Consequence[] {
  return CONSEQUENCES[action.name](action, facts);
}

const happens = (text: string): Consequence => ({ kind: "happens", text });
const stops = (text: string): Consequence => ({ kind: "stops", text });
const stays = (text: string): Consequence => ({ kind: "stays", text });
const lost = (text: string): Consequence => ({ kind: "lost", text });
const copies = (text: string): Consequence => ({ kind: "copies", text });

const CONSEQUENCES: Record<ActionName, (action: KeyAction, facts: ActionFacts) => Consequence[]> = {
  rotate: ({ key }, { files }) => {
    const next = Math.max(...key.versions.map(({ number }) => number)) + 1;
    return [
      happens(`Version ${next} is created and ${PURPOSES[key.purpose].protects} from now on.`),
      succession(key),
      ...some(
        files > 0 &&
          stays(
            files === 1
              ? `The file under it stays as it is. You can move it to version ${next} afterwards.`
              : `${filesOf(files)} stay as they are. You can move them to version ${next} afterwards.`,
          ),
      ),
      ...some(key.rotateEvery && happens(`The next rotation is in ${formatPeriod(key.rotateEvery)}.`)),
    ];
  },
  activate: ({ key, version }) => [
    happens(`Version ${version?.number} ${PURPOSES[key.purpose].protects} from now on.`),
    succession(key),
  ],
  suspend: ({ key, version }, { files }) => [
    ...some(isPrimary(key, version) && stops(`It no longer ${PURPOSES[key.purpose].protects}.`)),
    stops(unusable(key, files)),
    stays("Nothing is lost. You can resume it at any time."),
  ],
  resume: ({ key, version }) => {
    const { protects, opens } = PURPOSES[key.purpose];
    const primary = isPrimary(key, version);
    return [
      happens(primary ? `It ${protects} again and ${opens}.` : `It ${opens} again.`),
      ...some(!primary && stays(`It protects nothing new: version ${key.primaryVersion.number} is the primary version.`)),
    ];
  },
  revoke: (action, facts) => revoked(action, facts),
  scheduleDestroy: ({ key, version }, { files, backups }) => [
    ...some(stopsProtecting(key, version) && stops(`It no longer ${PURPOSES[key.purpose].protects}.`)),
    stops(`${unusable(key, files)} This applies from now on.`),
    stays("You can cancel the destruction until that day. The key then opens as before and protects nothing new."),
    lost("On that day it is erased. Anything that only this key opens is lost for everyone."),
    ...some(files > 0 && stays("Files that still need it on that day block its destruction, unless you choose otherwise below.")),
    containedIn(backups),
  ],
  cancelDestroy: ({ key, version }, { files }) => [
    happens(`It ${PURPOSES[key.purpose].opens} again${files > 0 ? ` (${counted(files, "file")})` : ""}.`),
    ...some(!version && stays("It protects nothing new. Rotate the key to create an active version.")),
  ],
  destroy: ({ version }, { files, backups }) => [
    lost("It is erased now and cannot be recovered."),
    files > 0
      ? lost(`${filesOf(files)} can never be opened again, by anyone.`)
      : stays("No file in the vault's inventory depends on it."),
    ...some(version && stays("The key's other versions stay as they are.")),
    containedIn(backups),
    copies("Deleted database pages may remain on this disk, readable by anyone with the disk and the passphrase."),
    stays("Its history is kept."),
  ],
};

function revoked({ key, version }: KeyAction, { files }: ActionFacts): Consequence[] {
  const { protects, opens } = PURPOSES[key.purpose];
  if (version?.state === "pre-active") return [stops("It can never be activated.")];
  const again = stays(
    files > 0
      ? `${filesOf(files)} still ${files === 1 ? "opens" : "open"}, for you and for anyone else who has the key.`
      : `It still ${opens}, for you and for anyone else who has the key.`,
  );
  const next = happens("A report then shows what such a person can still read, and what you can do about it.");
  if (!version || isInUse(version)) {
    return [stops(`It no longer ${protects}. This cannot be undone.`), again, next];
  }
  return [happens("It is marked as compromised. This cannot be undone."), again, next];
}

/** What becomes of the current primary version. */
function succession(key: VaultKey): Consequence {
  const { number, state } = key.primaryVersion;
  return stays(
    state === "active"
      ? `Version ${number} is deactivated. It still ${PURPOSES[key.purpose].opens}.`
      : `Version ${number} stays ${STATE_NAMES[state]}.`,
  );
}

const isPrimary = (key: VaultKey, version: Version | undefined): boolean => version?.id === key.primary;

const stopsProtecting = (key: VaultKey, version: Version | undefined): boolean =>
  (!version || isPrimary(key, version)) && protectingVersion(key) !== undefined;

const filesOf = (files: number): string => (files === 1 ? "The file under it" : `The ${counted(files, "file")} under it`);

function unusable(key: VaultKey, files: number): string {
  if (files > 0) return `${filesOf(files)} ${files === 1 ? "does" : "do"} not open.`;
  if (key.purpose === "verify") return "It no longer verifies what they sign.";
  const signs = key.purpose === "sign" || key.purpose === "mac";
  return signs ? "It no longer verifies its signatures." : "It opens nothing. No file depends on it.";
}

function containedIn(backups: readonly number[]): Consequence {
  if (backups.length === 0) {
    return copies("No backup was saved from this page since it was created. A backup made elsewhere would still contain it.");
  }
  const dates = backups.toReversed().slice(0, NAMED).map(formatDate).join("; ");
  const others = backups.length > NAMED ? ` and ${backups.length - NAMED} older` : "";
  const verb = backups.length === 1 ? "contains" : "contain";
  return copies(
    `${counted(backups.length, "backup")} saved from this page still ${verb} it (${dates}${others}). Anyone with a backup and its passphrase can open the same files.`,
  );
}

const some = (one: Consequence | false | undefined | ""): Consequence[] => (one ? [one] : []);

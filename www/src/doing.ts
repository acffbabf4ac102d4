/** Does what somebody decided on, and shows what came of it. */

import { batch, signal } from "@preact/signals";
import type { DestructionReport, RevocationReport } from "strongroom";
import { backupsOf } from "./backups";
import type { Facts } from "./consequences";
import { considered, nameOf, whatOf, type Deed, type Verb } from "./deeds";
import { readAgain } from "./keyring";
import { openAgain } from "./objects";
import { addressOf } from "./route";
import { showAgain } from "./shown";
import { tell, tellError, vault, type Key, type Vault } from "./state";

/** What a person can say beside yes. */
export interface Choices {
  reason?: string;
  compromised?: boolean;
  /** Rotates at once, so that there is a version to go on with. */
  replace?: boolean;
  /** Leaves the new version for later. */
  waits?: boolean;
  days?: number;
  force?: boolean;
}

export type Report =
  | { about: "revoked"; deed: Deed; report: RevocationReport }
  | { about: "destroyed"; deed: Deed; report: DestructionReport };

/** What a revocation or a destruction left, until somebody has read it. */
export const report = signal<Report | undefined>(undefined);

/** What is known beforehand. */
export async function factsOf({ key, version }: Deed): Promise<Facts> {
  const open = vault.value;
  if (!open) return { files: 0, backups: [] };
  const { total } = await open.objects.page({ key: key.id, version: version?.id, limit: 1 });
  const since = version?.created ?? key.created;
  return { files: total, backups: backupsOf(open).filter((at) => at >= since) };
}

/** After these, other files open than before. */
const OPENING: ReadonlySet<Verb> = new Set<Verb>([
  "suspend",
  "resume",
  "scheduleDestroy",
  "cancelDestroy",
  "destroy",
]);

export async function carryOut(deed: Deed, choices: Choices): Promise<void> {
  const open = vault.value;
  if (!open) return;
  const outcome = await act(deed, choices);
  // One dialog takes the other's place.
  batch(() => {
    considered.value = undefined;
    report.value = outcome;
  });
  // The primary version may be another one now; what was decided on stays in sight.
  if (deed.version) location.hash = addressOf.key(deed.key.id, deed.version.number);
  // A report says so itself.
  if (!outcome) tell(capital(nameOf(deed).done(whatOf(deed))));
  await renew(open, deed.key, OPENING.has(deed.verb));
}

async function act(deed: Deed, choices: Choices): Promise<Report | undefined> {
  const { reason, compromised, replace, waits, days, force } = choices;
  const { verb, key, version } = deed;
  const target = version ?? key;
  switch (verb) {
    case "rotate":
      await key.rotate({ activate: !waits });
      return undefined;
    case "revoke": {
      const revoked = await target.revoke({ reason: reason || undefined, compromised });
      if (replace) await revoked.key.rotate();
      return { about: "revoked", deed, report: revoked };
    }
    case "scheduleDestroy": {
      const scheduled = await target.scheduleDestroy({ after: `P${days ?? 30}D`, force });
      return { about: "destroyed", deed, report: scheduled };
    }
    case "destroy":
      return { about: "destroyed", deed, report: await target.destroy({ force }) };
    default:
      await target[verb]();
      return undefined;
  }
}

/** Changes what is said of a key. */
export async function describe(
  key: Key,
  changes: { alias: string; labels: Readonly<Record<string, string>>; rotateEvery: string | null },
): Promise<void> {
  const open = vault.value;
  if (!open) return;
  await key.update(changes);
  tell(`“${changes.alias}” is changed.`);
  await renew(open, key, false);
}

/** Ends a key that is in memory alone. */
export async function endSession(key: Key): Promise<void> {
  const open = vault.value;
  if (!open) return;
  await key.end();
  tell(`“${key.alias}” has ended.`);
  await renew(open, key, true);
}

export async function rotateVaultKey(): Promise<void> {
  const open = vault.value;
  if (!open) return;
  const { generation, records } = await open.rotateVaultKey();
  tell(`The vault has its ${ordinal(generation)} key, and ${records} records are wrapped under it.`);
}

/** Everything that is shown of the key; what was done is done, so a failure here is only told. */
async function renew(open: Vault, key: Key, opening: boolean): Promise<void> {
  try {
    await Promise.all([showAgain(), readAgain(open)]);
    if (!opening) return;
    const under = await open.objects.list({ key: key.id });
    await openAgain(under.map(({ location }) => location));
  } catch (error) {
    if (vault.value === open) tellError(error);
  }
}

const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

const plurals = new Intl.PluralRules("en", { type: "ordinal" });
const ENDINGS: Partial<Record<Intl.LDMLPluralRule, string>> = { one: "st", two: "nd", few: "rd" };

/** `2` as `2nd`. */
function ordinal(count: number): string {
  return `${count}${ENDINGS[plurals.select(count)] ?? "th"}`;
}

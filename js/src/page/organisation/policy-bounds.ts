/** The bounds that vaults hold an organisation's policy to: one beyond them would be signed in vain. */
import { fromBase64Url } from "../../shared/bytes.js";
import { ArgumentError } from "../../shared/errors/index.js";
import type { Argon2Cost, RequiredFactor } from "../../shared/model/organisation.js";
import type { VaultPolicy } from "../../shared/model/vault-policy.js";
import { check, listOf, optionsOf, type Checks } from "../../shared/options.js";
import { utf8 } from "../../shared/text.js";
import { vaultPolicyOf } from "../policies/policy-options.js";

const REQUIRABLE: readonly RequiredFactor[] = ["recovery", "passphrase", "passkey", "recovery-kit", "recovery-shares"];
/** Control characters, those that turn the direction of writing, and most that nobody sees: as the core has them. */
const HIDDEN =
  /[\p{Cc}\u00ad\u061c\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\u{1bca0}-\u{1bca3}\u{1d173}-\u{1d17a}\u{e0000}-\u{e007f}]/u;
const PERIOD = /^P(?=\d|T\d)(?:(\d+)Y)?(?:(\d+)M)?(?:(\d+)W)?(?:(\d+)D)?(?:T(?=\d)(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?)?$/;
/** Seconds of a year, a month, a week, a day, an hour, a minute and a second, as the core has them. */
const SECONDS = [365 * 86_400, 30 * 86_400, 7 * 86_400, 86_400, 3600, 60, 1] as const;
/** Of 100 years. */
const MOST_SECONDS = 100 * SECONDS[0];
/** What no organisation refuses. */
const BEYOND: ReadonlySet<unknown> = new Set(["backup", "setOrganisation"]);
const MOST_SUCCESSIONS = 32;
/** In KiB. */
const MEMORY = [19 * 1024, 1024 * 1024] as const;
const PASSES = [2, 16] as const;
const LONGEST_NAME = 256;
const LONGEST_ADDRESS = 2048;
const ARGON2_COST = { memory: check.number, passes: check.number } satisfies Checks<Argon2Cost>;

/** @throws ArgumentError @internal */
export function organisationNameOf(given: string): string {
  if (utf8(given).length > LONGEST_NAME || HIDDEN.test(given)) {
    throw new ArgumentError(`name must be 1 to ${LONGEST_NAME} bytes of UTF-8, without characters that nobody sees`);
  }
  return given;
}

/** @throws ArgumentError @internal */
export function requiredFactorsOf(given: unknown): readonly RequiredFactor[] {
  const list = listOf(given as readonly RequiredFactor[], "requiredFactors");
  const known = list.every((factor, at) => REQUIRABLE.includes(factor) && list.indexOf(factor) === at);
  if (!known || list.length === 0) throw new ArgumentError(`requiredFactors must be some of ${REQUIRABLE.join(", ")}, each once`);
  return list;
}

/** @throws ArgumentError @internal */
export function organisationRulesOf(given: VaultPolicy): VaultPolicy {
  const rules = vaultPolicyOf(given);
  if (rules.approval !== undefined) throw new ArgumentError("rules must have no approval: an organisation has nobody approve anything");
  const lists = [rules.requireReason, rules.freshFactor?.operations, rules.secondFactor?.operations];
  for (const list of lists) {
    if (Array.isArray(list) && list.some((operation) => BEYOND.has(operation))) {
      throw new ArgumentError("rules must ask nothing for backup and setOrganisation, which no organisation refuses");
    }
  }
  if (rules.reviewEvery !== undefined) boundedDuration(rules.reviewEvery, "reviewEvery");
  for (const rule of [rules.freshFactor, rules.secondFactor]) if (rule) boundedDuration(rule.within, "within");
  return rules;
}

/** @throws ArgumentError @internal */
export function cryptoperiodOf(given: string): string {
  return boundedDuration(given, "maximumCryptoperiod");
}

function boundedDuration(given: string, name: string): string {
  const [, ...counts] = PERIOD.exec(given) ?? [];
  const seconds = SECONDS.reduce((sum, unit, at) => sum + unit * Number(counts[at] ?? 0), 0);
  if (seconds === 0 || seconds > MOST_SECONDS) {
    throw new ArgumentError(`${name} must be an ISO 8601 duration, such as P1Y, from a second to 100 years`);
  }
  return given;
}

/** @throws ArgumentError @internal */
export function argon2CostOf(given: unknown, name: string): Argon2Cost {
  const { memory, passes } = optionsOf(given as Argon2Cost, ARGON2_COST, name);
  if (!liesWithin(memory, MEMORY) || !liesWithin(passes, PASSES)) {
    throw new ArgumentError(`${name} must have a memory of ${MEMORY.join(" to ")} KiB, and ${PASSES.join(" to ")} passes`);
  }
  return { memory, passes };
}

/** @throws ArgumentError @internal */
export function collectorOf(given: string): string {
  const isAddress = /^https:\/\/[!-~]*$/.test(given) && given.length <= LONGEST_ADDRESS && URL.canParse(given);
  if (!isAddress || new URL(given).username || new URL(given).password) {
    throw new ArgumentError("collector must be a URL of https in ASCII, without a password");
  }
  return given;
}

/** Which keys a chain leads between, and the policy that carries it. */
interface ChainEnds {
  readonly organisation: string;
  readonly signer: string;
  readonly sequence: number;
}

/** What a succession says, as far as a text can be read as one. */
interface SuccessionPayload {
  readonly organisation?: unknown;
  readonly from?: unknown;
  readonly to?: unknown;
  readonly sequence?: unknown;
}

/** Signatures are the vaults' to verify. @throws ArgumentError @internal */
export function successionsOf(given: readonly string[], { organisation, signer, sequence }: ChainEnds): readonly string[] {
  const list = listOf(given, "successions");
  if (list.length === 0 || list.length > MOST_SUCCESSIONS) throw new ArgumentError(`successions must be 1 to ${MOST_SUCCESSIONS}`);
  const keys: unknown[] = [organisation];
  let least = 0;
  for (const token of list) {
    const next = successionPayload(token);
    const number = next.sequence as number;
    const follows = next.organisation === organisation && next.from === keys.at(-1) && !keys.includes(next.to);
    if (!follows || !Number.isSafeInteger(number) || number <= least || number > sequence) {
      throw new ArgumentError("successions must lead from the organisation's first key on, each from the key before, with numbers that rise up to the policy's");
    }
    keys.push(next.to);
    least = number;
  }
  if (keys.at(-1) !== signer) throw new ArgumentError("the last of the successions must name the key that signs");
  return list;
}

function successionPayload(token: string): SuccessionPayload {
  try {
    const payload: unknown = JSON.parse(new TextDecoder().decode(fromBase64Url(token.split(".")[1] ?? "")));
    return typeof payload === "object" && payload !== null ? payload : {};
  } catch {
    throw new ArgumentError("successions must be what signOrganisationSuccession gave");
  }
}

function liesWithin(value: number | undefined, [least, most]: readonly [number, number]): boolean {
  return Number.isInteger(value) && (value as number) >= least && (value as number) <= most;
}

/**
 * What the calls of a view take. Whoever holds a view's port may post anything, and what is of another type than the core
 * takes would stop the module, and with it the vault.
 */
import { ArgumentError } from "../shared/errors/index.js";
import { isBlob, isUint8Array } from "../shared/kinds.js";
import { membersOf } from "../shared/options.js";
import type { WireMetadata } from "../shared/model/file-metadata.js";
import type { Covers } from "../shared/model/key-info.js";
import type { Sidecar } from "../shared/model/sidecar.js";
import type { DecryptRequest, EncryptRequest, ReencryptRequest, WireInput } from "../shared/protocol/body-calls.js";
import type { WireParts } from "../shared/protocol/range-calls.js";
import type { ViewCalls } from "../shared/protocol/view-calls.js";
import { plainCopy } from "../shared/text.js";

/** Gives a value that was checked. */
type Reads<T> = (value: unknown, name: string) => T;

/** One for each argument: a list that lacks one, or has one more, does not compile. */
type ArgumentsOf<Call> = Call extends (...given: infer Given) => unknown ? { readonly [At in keyof Given]-?: Reads<Given[At]> } : never;

/** Values that a request has at most, those in it included, and how deep. */
const MOST_VALUES = 10_000;
const MOST_DEEP = 16;

const text: Reads<string> = (value, name) => {
  if (typeof value === "string") return value;
  throw new ArgumentError(`${name} must be a string`);
};

const yesOrNo: Reads<boolean> = (value, name) => {
  if (typeof value === "boolean") return value;
  throw new ArgumentError(`${name} must be true or false`);
};

const number: Reads<number> = (value, name) => {
  if (typeof value === "number") return value;
  throw new ArgumentError(`${name} must be a number`);
};

const size: Reads<number> = (value, name) => {
  if (Number.isSafeInteger(value) && (value as number) >= 0) return value as number;
  throw new ArgumentError(`${name} must be a whole number from 0 on`);
};

const bytes: Reads<Uint8Array<ArrayBuffer>> = (value, name) => {
  if (isUint8Array(value)) return value as Uint8Array<ArrayBuffer>;
  throw new ArgumentError(`${name} must be a Uint8Array`);
};

const blob: Reads<Blob> = (value, name) => {
  if (isBlob(value)) return value;
  throw new ArgumentError(`${name} must be a Blob`);
};

function perhaps<T>(reads: Reads<T>): Reads<T | undefined> {
  return (value, name) => (value === undefined ? undefined : reads(value, name));
}

function either<A, B>(is: (value: unknown) => boolean, one: Reads<A>, other: Reads<B>): Reads<A | B> {
  return (value, name) => (is(value) ? one : other)(value, name);
}

function eachOf<T>(reads: Reads<T>): Reads<T[]> {
  return (value, name) => {
    if (!Array.isArray(value)) throw new ArgumentError(`${name} must be an array`);
    // Holes may be billions.
    return Array.from(value as unknown[], (item, at) => {
      if (!(at in value)) throw new ArgumentError(`${name} must have no holes`);
      return reads(item, name);
    });
  };
}

/** A plain object of these members and no others. */
function shape<T extends object>(members: { readonly [Name in keyof T]-?: Reads<T[Name]> }): Reads<T> {
  return (value, name) => {
    const given = Object.fromEntries(membersOf(value, name));
    const unknown = Object.keys(given).find((member) => !Object.hasOwn(members, member));
    if (unknown !== undefined) throw new ArgumentError(`${name} has no member ${unknown}`);
    const read = (member: string): unknown => members[member as keyof T](given[member], `${name}.${member}`);
    return Object.fromEntries(Object.keys(members).map((member) => [member, read(member)])) as T;
  };
}

/** A copy of plain values, of bounded depth and size. What its members are is the core's to check. */
function tree<T extends object>(value: unknown, name: string): T {
  let left = MOST_VALUES;
  const count = (part: unknown, depth: number): void => {
    if (--left < 0 || depth > MOST_DEEP) throw new ArgumentError(`${name} is too large, or nested too deeply`);
    if (typeof part !== "object" || part === null) return;
    if (Array.isArray(part) && part.length <= left) for (const item of part) count(item, depth + 1);
    else for (const [, member] of membersOf(part, name)) count(member, depth + 1);
  };
  membersOf(value, name);
  count(value, 0);
  return plainCopy(value as T);
}

const headerOrId = either((value) => typeof value === "string", text, bytes);

const coverage: Reads<Covers> = (value, name) => {
  if (value === "header" || value === "content") return value;
  throw new ArgumentError(`${name} must be "header" or "content"`);
};

/** Keys outside any vault are none of a view's. */
const openedFrom: Reads<DecryptRequest["from"]> = shape<Extract<DecryptRequest["from"], { allowUnsigned: boolean }>>({
  allowUnsigned: yesOrNo,
  object: perhaps(text),
  tracked: perhaps(text),
  reason: perhaps(text),
});

const sealedTo: Reads<ReencryptRequest["to"]> = shape<Extract<ReencryptRequest["to"], { key: string }>>({
  key: text,
  keepHeader: yesOrNo,
  reason: perhaps(text),
  others: perhaps(eachOf(text)),
  sign: perhaps(coverage),
});

const opened = shape<DecryptRequest>({
  from: openedFrom,
  context: perhaps(text),
  sidecar: perhaps(tree<Sidecar>),
  header: perhaps(bytes),
  signature: perhaps(bytes),
  expect: perhaps(text),
});

const TERMS = { to: sealedTo, context: perhaps(text), sidecar: perhaps(tree<Sidecar>), metadata: tree<WireMetadata>, detached: yesOrNo } as const;

const INPUTS = {
  blob: shape<Extract<WireInput, { kind: "blob" }>>({ kind: () => "blob", blob }),
  bytes: shape<Extract<WireInput, { kind: "bytes" }>>({ kind: () => "bytes", bytes }),
  pull: shape<Extract<WireInput, { kind: "pull" }>>({ kind: () => "pull", source: number, size: perhaps(size) }),
  again: shape<Extract<WireInput, { kind: "again" }>>({ kind: () => "again", source: number, size }),
} as const satisfies { [Kind in WireInput["kind"]]: Reads<WireInput> };

const PLACES = {
  blob: shape<Extract<WireParts, { kind: "blob" }>>({ kind: () => "blob", blob }),
  parts: shape<Extract<WireParts, { kind: "parts" }>>({ kind: () => "parts", source: number, size, front: perhaps(bytes) }),
} as const satisfies { [Kind in WireParts["kind"]]: Reads<WireParts> };

/** What says of itself which of some kinds it is. */
function ofKind<T>(kinds: { readonly [kind: string]: Reads<T> }): Reads<T> {
  return (value, name) => {
    const kind = Object.fromEntries(membersOf(value, name)).kind;
    if (typeof kind !== "string" || !Object.hasOwn(kinds, kind)) throw new ArgumentError(`${name} is of no kind that there is`);
    return (kinds[kind] as Reads<T>)(value, name);
  };
}

const input: Reads<WireInput> = ofKind<WireInput>(INPUTS);

const VIEW_ARGUMENTS: { readonly [Name in keyof ViewCalls]: ArgumentsOf<ViewCalls[Name]> } = {
  listKeys: [tree],
  findKey: [text],
  manage: [text, tree],
  can: [text, perhaps(text), perhaps(text), perhaps(text)],
  sign: [text, bytes, perhaps(text), perhaps(text)],
  verify: [text, perhaps(text), perhaps(text)],
  signContent: [input, text, perhaps(text), perhaps(number)],
  verifyContent: [text, input, perhaps(text), perhaps(text), perhaps(number)],
  encryptValues: [text, eachOf(text), eachOf(perhaps(text)), perhaps(text)],
  decryptValues: [eachOf(text), eachOf(perhaps(text)), yesOrNo, perhaps(text)],
  settleValues: [eachOf(text), eachOf(perhaps(text)), yesOrNo, yesOrNo, perhaps(text)],
  decryptValueDetails: [text, perhaps(text), yesOrNo, perhaps(text)],
  encrypt: [number, input, shape<EncryptRequest>({ ...TERMS, size: perhaps(size) })],
  decrypt: [number, input, opened],
  reencrypt: [number, input, opened, shape<ReencryptRequest>(TERMS)],
  inspect: [headerOrId, opened],
  rewrap: [headerOrId, tree, perhaps(bytes)],
  noteStored: [bytes, perhaps(text), perhaps(bytes)],
  openObject: [number, ofKind<WireParts>(PLACES), opened],
  readObject: [number, number, number, yesOrNo],
  pull: [number],
  drop: [number],
  stop: [number],
  endView: [],
};

/** The arguments of a view's call, as they were posted. @throws ArgumentError */
export function viewArguments(name: keyof ViewCalls, given: readonly unknown[]): unknown[] {
  const reads: readonly Reads<unknown>[] = VIEW_ARGUMENTS[name];
  if (given.length > reads.length) throw new ArgumentError(`${name} takes no more than ${reads.length} arguments`);
  return reads.map((read, at) => read(given[at], `argument ${at + 1} of ${name}`));
}

/** What an object says of its file: what the file says of itself, and what the caller says in its place. */
import { ArgumentError } from "../../shared/errors/index.js";
import { jsonText } from "../../shared/json-text.js";
import type { FileMetadata, WireMetadata } from "../../shared/model/file-metadata.js";
import { check, membersOf, optionsOf, type Checks } from "../../shared/options.js";
import { frozen, utf8 } from "../../shared/text.js";

type OwnMetadata = Omit<FileMetadata, "size">;

/** UTF-16 units of a file's own name or type that are kept. File systems allow 255 bytes, media types have less. */
const LONGEST = 1024;

/** Bytes of JSON that a caller may add, as the core has it. */
const MOST_CUSTOM = 4096;

/** The last millisecond that a `Date` can hold (ECMA-262 §21.4.1.1). */
const LAST_TIME = 8_640_000_000_000_000;

/**
 * What a Blob or File says of itself, as far as it can be kept: scanners and some phones give dates before 1970, some
 * file systems names that are no Unicode. None of it is a reason to refuse the file. @internal
 */
export function metadataOf({ name, type, lastModified }: Partial<File>): OwnMetadata {
  return {
    ...(typeof name === "string" && { name: shortened(name) }),
    ...(isKept(type) && { type }),
    ...(isTime(lastModified) && { modified: Math.trunc(lastModified) }),
  };
}

/** What an object says of itself, overridden by the caller: a member that is `undefined` is left out. @internal */
export function fileMetadata(own: OwnMetadata, override: OwnMetadata = {}): WireMetadata {
  optionsOf(override, METADATA, "metadata");
  return optionsOf({ ...own, ...override }, METADATA, "metadata") as WireMetadata;
}

/** What an object says of itself, as its opener is told. @internal */
export function openedMetadata({ custom, ...known }: WireMetadata = {}): FileMetadata {
  if (custom === undefined) return frozen(known);
  return frozen({ ...known, custom: JSON.parse(custom) as FileMetadata["custom"] });
}

const METADATA = {
  name: check.text,
  type: check.text,
  modified: (value, name) => {
    if (Number.isSafeInteger(value) && isTime(value)) return value;
    throw new ArgumentError(`${name} must be whole milliseconds since 1970`);
  },
  custom: (value, name) => {
    membersOf(value, name);
    const text = jsonText(value, name);
    if (utf8(text).byteLength <= MOST_CUSTOM) return text;
    throw new ArgumentError(`${name} must be at most ${MOST_CUSTOM} bytes of JSON; more belongs into the object`);
  },
} satisfies Checks<OwnMetadata>;

/** Half a character, as it came or as it was cut, is U+FFFD or dropped. */
function shortened(name: string): string {
  const front = name.slice(0, LONGEST);
  const whole = front.length < name.length ? front.replace(/[\ud800-\udbff]$/, "") : front;
  return whole.replace(/\p{Surrogate}/gu, "\ufffd");
}

function isKept(type: unknown): type is string {
  return typeof type === "string" && type !== "" && type.length <= LONGEST && !/\p{Surrogate}/u.test(type);
}

function isTime(value: unknown): value is number {
  return typeof value === "number" && value >= 0 && value <= LAST_TIME;
}

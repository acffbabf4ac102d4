/** Values of the caller's as JSON text. */
import { ArgumentError } from "./errors/index.js";
import { isPlain } from "./options.js";

/** @param what what the value is called in errors @throws ArgumentError for what has no JSON form @internal */
export function jsonText(value: unknown, what = "the value"): string {
  let text: string | undefined;
  try {
    text = JSON.stringify(value, (_, part: unknown) => withJson(part, what)) as string | undefined;
  } catch (cause) {
    if (cause instanceof ArgumentError) throw cause;
    throw new ArgumentError(`${what} has no JSON form: it contains itself, or a bigint`, { cause });
  }
  if (text === undefined) throw new ArgumentError(`${what} has no JSON form`);
  return text;
}

/** JSON makes `{}` of what holds its content elsewhere, such as a `Map` or a `Blob`, and a table of bytes. */
function withJson(value: unknown, what: string): unknown {
  if (typeof value !== "object" || value === null || Array.isArray(value) || isPlain(value)) return value;
  if (!ArrayBuffer.isView(value) && Object.keys(value).length > 0) return value;
  const kind = Object.prototype.toString.call(value).slice(8, -1);
  throw new ArgumentError(`${what} has no JSON form: there is a ${kind} in it`);
}

/** What an answer's headers say of the object in it (RFC 9110 §8.4, §8.6, §14.4), as far as CORS lets a page see them. */

/** Whether the bytes were coded on their way, as by gzip. @internal */
export function isCoded(headers: Headers): boolean {
  return (headers.get("content-encoding") ?? "identity") !== "identity";
}

/** Bytes that follow, where that is told of the bytes that are read. @internal */
export function identityLength(headers: Headers): number | undefined {
  return isCoded(headers) ? undefined : countOf(headers.get("content-length"));
}

/** Where in the object the bytes are, and how many it has. @internal */
export function placeOf(headers: Headers): { from: number; size: number | undefined } | undefined {
  const [, from, size] = /^bytes (\d+)-\d+\/(\d+|\*)$/.exec(headers.get("content-range") ?? "") ?? [];
  const first = countOf(from);
  return first === undefined ? undefined : { from: first, size: countOf(size) };
}

function countOf(digits: string | null | undefined): number | undefined {
  const count = /^\d+$/.test(digits ?? "") ? Number(digits) : NaN;
  return Number.isSafeInteger(count) ? count : undefined;
}

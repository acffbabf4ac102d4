/** What a request for an object is answered with (RFC 9110 §14 and §15). */
import type { Head } from "./messages.js";

export interface Answer {
  readonly head: Head;
  /** The plaintext that follows; an empty range where none does. */
  readonly from: number;
  readonly to: number;
}

export function answerTo(
  method: string,
  range: string | null,
  { size, type, download }: { size: number; type: string; download: string | undefined },
): Answer {
  if (method !== "GET" && method !== "HEAD") return { head: refused(405, { allow: "GET, HEAD" }), from: 0, to: 0 };
  const wanted = rangeOf(range, size);
  if (!wanted) return { head: refused(416, { "content-range": `bytes */${size}` }), from: 0, to: 0 };
  const { from, to, partial } = wanted;
  const headers: Record<string, string> = {
    ...ALWAYS,
    "accept-ranges": "bytes",
    "content-type": type,
    "content-length": String(to - from),
  };
  if (download !== undefined) headers["content-disposition"] = `attachment; filename*=UTF-8''${extended(download)}`;
  if (partial) headers["content-range"] = `bytes ${from}-${to - 1}/${size}`;
  const body = method === "GET";
  return { head: { status: partial ? 206 : 200, headers, body }, from, to: body ? to : from };
}

export function refused(status: number, headers: Record<string, string> = {}): Head {
  return { status, headers: { ...ALWAYS, ...headers }, body: false };
}

/** The content of an object runs nothing in the page's origin, is taken for nothing else, and is kept nowhere. */
const ALWAYS = {
  "cache-control": "no-store",
  "content-security-policy": "sandbox",
  "x-content-type-options": "nosniff",
};

/** A text as an extended value (RFC 8187 §3.2.1). */
function extended(text: string): string {
  return encodeURIComponent(text).replaceAll(/['()*]/g, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`);
}

/** One range; several, and what is no range, may be ignored (RFC 9110 §14.2). Nothing when there are no such bytes. */
function rangeOf(range: string | null, size: number): { from: number; to: number; partial: boolean } | undefined {
  const [, first = "", last = ""] = /^bytes=(\d*)-(\d*)$/.exec(range?.trim() ?? "") ?? [];
  const whole = { from: 0, to: size, partial: false };
  if (first === "" && last === "") return whole;
  if (first !== "" && last !== "" && Number(last) < Number(first)) return whole;
  const from = first === "" ? Math.max(0, size - Number(last)) : Number(first);
  const to = first === "" || last === "" ? size : Math.min(Number(last) + 1, size);
  return from < to ? { from, to, partial: true } : undefined;
}

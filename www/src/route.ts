/** Which part of the page is looked at: the address says so, and the browser's own buttons lead back. */

import { signal } from "@preact/signals";

export type Route =
  | { at: "files" }
  | { at: "keys" }
  /** A key by its id, and one of its versions by its number. */
  | { at: "key"; id: string; version: number | undefined };

export const addressOf = {
  files: "#/",
  keys: "#/keys",
  key: (id: string, version?: number) => `#/keys/${id}${version ? `/${version}` : ""}`,
};

export const route = signal<Route>(parse(location.hash) ?? { at: "files" });

addEventListener("hashchange", () => {
  const before = partOf(route.value);
  // An anchor within the page leads to no other part.
  route.value = parse(location.hash) ?? route.value;
  if (partOf(route.value) !== before) requestAnimationFrame(begin);
});

/** What fills the page: all versions of a key are in one part. */
const partOf = (one: Route): string => (one.at === "key" ? one.id : one.at);

/** Whoever follows a link to another part begins there, not where the link was. */
function begin(): void {
  scrollTo(0, 0);
  document.getElementById(route.value.at === "files" ? "files" : "console")?.focus({ preventScroll: true });
}

function parse(hash: string): Route | undefined {
  if (hash === "" || hash === addressOf.files) return { at: "files" };
  const [, id, version] = /^#\/keys(?:\/([\w-]+))?(?:\/(\d+))?$/.exec(hash) ?? [];
  if (id) return { at: "key", id, version: version ? Number(version) : undefined };
  return hash === addressOf.keys ? { at: "keys" } : undefined;
}

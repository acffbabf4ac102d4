/** The part of the page that the address names; the browser's own buttons lead back. */

import { signal, type ReadonlySignal } from "@preact/signals";
import { formatQuery, parseQuery, type ActivityQuery } from "../features/activity/query";

export type Route =
  | { at: "files" }
  | { at: "factors" }
  | { at: "keys" }
  | { at: "alerts" }
  | { at: "approvals" }
  | { at: "activity"; query: ActivityQuery }
  | { at: "report" }
  /** A key by its id, and one of its versions by its number. */
  | { at: "key"; id: string; version: number | undefined };

export const addressOf = {
  files: "#/",
  factors: "#/factors",
  keys: "#/keys",
  alerts: "#/alerts",
  approvals: "#/approvals",
  activity: (query: ActivityQuery = {}) => {
    const text = formatQuery(query);
    return `#/activity${text && `?${text}`}`;
  },
  report: "#/report",
  key: (id: string, version?: number) => `#/keys/${id}${version ? `/${version}` : ""}`,
};

const current = signal<Route>(parse(location.hash) ?? { at: "files" });

export const route: ReadonlySignal<Route> = current;

export function goTo(address: string): void {
  location.hash = address;
}

addEventListener("hashchange", () => {
  const before = viewOf(current.value);
  // An anchor within the page is no route.
  current.value = parse(location.hash) ?? current.value;
  if (viewOf(current.value) !== before) requestAnimationFrame(startAtTop);
});

/** All versions of a key share one view, and so does each page of the log, however it is narrowed. */
function viewOf(one: Route): string {
  if (one.at === "activity") return `activity ${one.query.before} ${one.query.log} ${one.query.entries}`;
  return one.at === "key" ? one.id : one.at;
}

/** Moves the scroll position and the focus to the new view: they would stay where the link was. */
function startAtTop(): void {
  scrollTo(0, 0);
  document.getElementById(current.value.at === "files" ? "files" : "console")?.focus({ preventScroll: true });
}

function parse(hash: string): Route | undefined {
  if (hash === "" || hash === addressOf.files) return { at: "files" };
  if (hash === addressOf.factors) return { at: "factors" };
  if (hash === addressOf.alerts) return { at: "alerts" };
  if (hash === addressOf.approvals) return { at: "approvals" };
  const [at, query = ""] = hash.split("?", 2);
  if (at === addressOf.activity()) return { at: "activity", query: parseQuery(query) };
  if (hash === addressOf.report) return { at: "report" };
  const [, id, version] = /^#\/keys(?:\/([\w-]+))?(?:\/(\d+))?$/.exec(hash) ?? [];
  if (id) return { at: "key", id, version: version ? Number(version) : undefined };
  return hash === addressOf.keys ? { at: "keys" } : undefined;
}

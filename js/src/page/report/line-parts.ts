/** Pieces of a report's lines. */
import type { KeyInfo, KeyVersion, Transition } from "../../shared/model/key-info.js";
import type { ReportCell, ReportColumn } from "../../shared/model/report-document.js";
import type { ReportFacts } from "./report-facts.js";
import type { ReportPeriod } from "./period-logs.js";

/** What a line says. */
export interface ToldLine {
  /** How many things it tells of: of none, the sentence for none is told. */
  readonly count: number;
  readonly found: string;
  readonly none: string;
  readonly figures?: Readonly<Record<string, number>>;
  readonly columns?: readonly ReportColumn[];
  readonly rows?: readonly Readonly<Record<string, ReportCell>>[];
}

/** A column, and what stands in it. `undefined` is written as `null`. */
export type CellOf<T> = readonly [name: string, title: string, cell: (item: T) => ReportCell | undefined, kind?: ReportColumn["kind"]];

export function tableOf<T>(items: readonly T[], cells: readonly CellOf<T>[]): Required<Pick<ToldLine, "columns" | "rows">> {
  return {
    columns: cells.map(([name, title, , kind = "text"]) => ({ name, title, kind })),
    rows: items.map((item) => Object.fromEntries(cells.map(([name, , cell]) => [name, cell(item) ?? null]))),
  };
}

/** Columns that are there where names are. */
export function named<T>({ names }: ReportFacts, ...cells: CellOf<T>[]): CellOf<T>[] {
  return names ? cells : [];
}

/** The columns that name a key. @param keyOf its id, and what is known of it */
export function keyCells<T>(facts: ReportFacts, keyOf: (item: T) => Partial<Pick<KeyInfo, "id" | "alias">> | undefined): CellOf<T>[] {
  return [
    ...named<T>(facts, ["alias", "Key", (item) => keyOf(item)?.alias]),
    ["key", facts.names ? "Key’s id" : "Key", (item) => keyOf(item)?.id, "id"],
  ];
}

/** A version, and the key that it is of. */
export interface VersionOfKey {
  readonly key: KeyInfo;
  readonly version: KeyVersion;
}

/** The columns that name a version. */
export function versionCells<T extends VersionOfKey>(facts: ReportFacts): CellOf<T>[] {
  return [...keyCells<T>(facts, ({ key }) => key), ["version", "Version", ({ version }) => version.number, "number"]];
}

/** The names of a policy's rules. */
export function rulesOf(policy: object): string {
  return Object.keys(policy)
    .filter((rule) => rule !== "reviewEvery")
    .toSorted()
    .join(", ");
}

export const isWithin = ({ from, to }: ReportPeriod, at: number): boolean => at >= from && at < to;

/** "none", or how many. */
export const noneOr = (number: number): string => (number === 0 ? "none" : number.toLocaleString("en"));

/** How many of each, by name, in the order of the names. */
export function tallied(words: readonly string[]): Record<string, number> {
  const counts = new Map<string, number>();
  for (const word of words) counts.set(word, (counts.get(word) ?? 0) + 1);
  return Object.fromEntries(Array.from(counts).toSorted(([one], [other]) => (one < other ? -1 : 1)));
}

/** A version, and one of its transitions. */
export interface MovedVersion extends VersionOfKey {
  readonly moved: Transition;
}

/** All transitions within the period, by key, version and time. */
export function movesOf({ keys, period }: ReportFacts): MovedVersion[] {
  return keys.flatMap((key) =>
    key.versions.flatMap((version) =>
      version.history.filter(({ at }) => isWithin(period, at)).map((moved) => ({ key, version, moved })),
    ),
  );
}

/** Lines about what became of versions in the period, by the history that each version keeps. */
import { counted } from "../../shared/sentences.js";
import { isWithin, movesOf, noneOr, tableOf, tallied, versionCells, type CellOf, type MovedVersion, type ToldLine, type VersionOfKey } from "./line-parts.js";
import type { ReportFacts } from "./report-facts.js";

/** The first state of a version is how it came into the vault. */
const isBirth = ({ version: { history }, moved }: MovedVersion): boolean => history[0] === moved;
const isImport = ({ moved }: MovedVersion): boolean => moved.by === "import";
const isRotation = (move: MovedVersion): boolean => isBirth(move) && move.version.number > 1 && !isImport(move);
const isReplaced = ({ key, version }: VersionOfKey): boolean => key.state === "active" && key.primary !== version.id;

/** @param states whether the state differs from row to row */
function moveTable(facts: ReportFacts, moves: readonly MovedVersion[], states: boolean): Pick<ToldLine, "columns" | "rows"> {
  const state: CellOf<MovedVersion> = ["state", "State since then", ({ moved }) => moved.state];
  const reason: CellOf<MovedVersion> = ["reason", "Reason", ({ moved }) => moved.reason];
  return tableOf(moves, [
    ...versionCells<MovedVersion>(facts),
    ...(states ? [state] : []),
    ["at", "At", ({ moved }) => moved.at, "time"],
    ["by", "By", ({ moved }) => moved.by],
    ...(facts.reasons ? [reason] : []),
  ]);
}

export function generatedLine(facts: ReportFacts): ToldLine {
  const born = movesOf(facts).filter(isBirth);
  const imported = born.filter(isImport).length;
  const figures = { generated: born.length - imported, imported };
  const found = `${counted(figures.generated, "version")} generated, ${noneOr(imported)} imported.`;
  return { count: born.length, found, none: "No version was generated or imported.", figures, ...moveTable(facts, born, true) };
}

export function rotationsDoneLine(facts: ReportFacts): ToldLine {
  const rotated = movesOf(facts).filter(isRotation);
  const keys = new Set(rotated.map(({ key }) => key.id)).size;
  const found = `${counted(rotated.length, "rotation")} of ${counted(keys, "key")}. The version is the new one.`;
  const figures = { rotations: rotated.length, keys };
  return { count: rotated.length, found, none: "No key was rotated.", figures, ...moveTable(facts, rotated, false) };
}

export function retiredLine(facts: ReportFacts): ToldLine {
  const moves = movesOf(facts).filter(({ moved: { state } }) => state === "deactivated" || state === "suspended");
  const { deactivated = 0, suspended = 0 } = tallied(moves.map(({ moved }) => moved.state));
  const found = `${counted(deactivated, "deactivation")}, ${counted(suspended, "suspension")}.`;
  return { count: moves.length, found, none: "No version was deactivated or suspended.", figures: { deactivated, suspended }, ...moveTable(facts, moves, true) };
}

export function destroyedLine(facts: ReportFacts): ToldLine {
  const moves = movesOf(facts).filter(({ moved: { state } }) => state === "destroyed");
  const found = `${counted(moves.length, "version")} destroyed: the vault has no material of them. Backups that were made before may have it.`;
  return { count: moves.length, found, none: "No version was destroyed.", figures: { versions: moves.length }, ...moveTable(facts, moves, false) };
}

export function compromisedLine(facts: ReportFacts): ToldLine {
  const known = facts.keys.flatMap((key) =>
    key.versions
      .filter(({ compromised, compromisedAt }) => compromised && compromisedAt !== undefined && isWithin(facts.period, compromisedAt))
      .map((version) => ({ key, version })),
  );
  const table = tableOf<VersionOfKey>(known, [
    ...versionCells(facts),
    ["since", "Known since", ({ version }) => version.compromisedAt, "time"],
    ["state", "State now", ({ version }) => version.state],
    ["replaced", "Another version protects", isReplaced, "flag"],
  ]);
  const unreplaced = known.filter((one) => !isReplaced(one)).length;
  const found = `${counted(known.length, "version")} marked as compromised; without another version that protects in its place: ${noneOr(unreplaced)}.`;
  return { count: known.length, found, none: "No version was marked as compromised.", figures: { versions: known.length, unreplaced }, ...table };
}

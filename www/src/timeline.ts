/** Where everything stands in the picture of a key's life: lanes, stretches, marks, dates. No drawing. */

import type { VersionState } from "strongroom";
import type { Version } from "./shown";
import type { Key } from "./state";
import { ticksOf } from "./ticks";
import { formatUntil } from "./time";

/** Pixels. */
export const LANE = 40;
export const BAR = 16;
const TOP = 28;
const BOTTOM = 30;
const LEFT = 36;
const RIGHT = 10;
/** Half of a date's. */
const LABEL = 32;

/** Room for what is to come: of the whole width, and where nothing is known to come. */
const AHEAD = 0.36;
const NOTHING_AHEAD = 24;

/** Lanes that are drawn; the versions before them stand in the table. */
export const LANES = 12;

/** What a picture spans at least, in ms: a key that was made a moment ago has a life too. */
const SHORTEST = 60_000;

export interface Stretch {
  x: number;
  width: number;
  state: VersionState;
}

export interface Coming {
  kind: "rotation" | "destruction";
  from: number;
  x: number;
  label: string;
  /** Where the label has room. */
  anchor: "start" | "end";
}

export interface Lane {
  version: Version;
  y: number;
  stretches: readonly Stretch[];
  /** Where its state changed. */
  marks: readonly { id: string; x: number; state: VersionState }[];
  coming: Coming | undefined;
}

export interface Picture {
  width: number;
  height: number;
  left: number;
  right: number;
  bottom: number;
  /** Where the past ends. */
  today: number;
  lanes: readonly Lane[];
  ticks: readonly { x: number; label: string }[];
}

export function pictureOf(key: Key, now: number, width: number): Picture {
  const versions = key.versions.slice(-LANES);
  const begins = Math.min(now - SHORTEST, ...versions.map(({ created }) => created));
  const ends = Math.max(now, ...versions.map((version) => comesTo(key, version)?.at ?? now));
  const right = width - RIGHT;
  const ahead = ends > now ? (right - LEFT) * AHEAD : NOTHING_AHEAD;
  const today = right - ahead;
  const x = scale([begins, now, Math.max(ends, now + 1)], [LEFT, today, right - RIGHT]);
  const bottom = TOP + versions.length * LANE;
  const lanes = versions.map((version, index) => laneOf(key, version, TOP + index * LANE, now, x));
  const past = ticksOf(begins, now, today - LEFT, [0, LABEL]);
  const future = ends > now ? ticksOf(now, ends, ahead, [LABEL, LABEL - RIGHT]) : [];
  const ticks = [...past, ...future].map(({ at, label }) => ({ x: x(at), label }));
  return { width, height: bottom + BOTTOM, left: LEFT, right, bottom, today, lanes, ticks };
}

function laneOf(key: Key, version: Version, y: number, now: number, x: (at: number) => number): Lane {
  const history = version.history.length > 0 ? version.history : [{ state: version.state, at: version.created }];
  const stretches = history
    .map(({ state, at }, index) => {
      const from = x(Math.min(at, now));
      // What is destroyed ends there.
      const to = state === "destroyed" ? from : x(Math.min(history[index + 1]?.at ?? now, now));
      return { x: from, width: Math.max(0, to - from), state };
    })
    .filter((stretch) => stretch.width > 0);
  const marks = history.map(({ state, at }) => ({ id: `${at} ${state}`, x: x(Math.min(at, now)), state }));
  return { version, y, stretches, marks, coming: comingOf(key, version, now, x) };
}

/** What is known of a version's future. */
function comesTo(key: Key, version: Version): { kind: Coming["kind"]; at: number } | undefined {
  if (version.destroyAt !== undefined) return { kind: "destruction", at: version.destroyAt };
  if (version.id === key.primary && key.due !== undefined) return { kind: "rotation", at: key.due };
  return undefined;
}

function comingOf(key: Key, version: Version, now: number, x: (at: number) => number): Coming | undefined {
  const comes = comesTo(key, version);
  if (!comes) return undefined;
  const at = Math.max(now, comes.at);
  const from = x(now);
  // As many pixels as the longest label takes.
  const anchor = x(at) - from > 96 ? "end" : "start";
  return { kind: comes.kind, from, x: x(at), label: formatUntil(comes.at, now), anchor };
}

/** Straight between each two points; the past and the future have a measure of their own each. */
function scale([a, b, c]: [number, number, number], [p, q, r]: [number, number, number]) {
  return (at: number): number =>
    at <= b ? p + ((at - a) / (b - a)) * (q - p) : q + ((at - b) / (c - b)) * (r - q);
}

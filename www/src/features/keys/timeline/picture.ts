/** The geometry of the time line: lanes, spans, marks and ticks, in pixels. */

import type { VaultKey, VersionState } from "strongroom";
import { formatUntil } from "../../../ui/format";
import type { Version } from "../versions";
import { ticksOf } from "./ticks";

/** The heights of a lane and of its bar. */
export const LANE = 40;
export const BAR = 16;
const TOP = 28;
const BOTTOM = 30;
const LEFT = 36;
const RIGHT = 10;
/** Half the width of a tick's label. */
const LABEL = 32;

/** Room for the future: a share of the width, or some pixels where nothing is due. */
const AHEAD = 0.36;
const NOTHING_AHEAD = 24;

/** Room from which an event's label stands before the event, in pixels: the width of the longest one. */
const EVENT_LABEL = 96;

/** Lanes that are drawn; the table has all versions. */
export const LANES = 12;

/** The least time a picture spans, in ms: a key created a moment ago has a time line too. */
const SHORTEST = 60_000;

/** A time in one state. */
export interface Span {
  x: number;
  width: number;
  state: VersionState;
}

export interface FutureEvent {
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
  spans: readonly Span[];
  /** Where the state changed. */
  marks: readonly { id: string; x: number; state: VersionState }[];
  next: FutureEvent | undefined;
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

type Scale = (at: number) => number;

export function pictureOf(key: VaultKey, now: number, width: number): Picture {
  const versions = key.versions.slice(-LANES);
  const begins = Math.min(now - SHORTEST, ...versions.map(({ created }) => created));
  const ends = Math.max(now, ...versions.map((version) => nextOf(key, version)?.at ?? now));
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

function laneOf(key: VaultKey, version: Version, y: number, now: number, x: Scale): Lane {
  const history = version.history.length > 0 ? version.history : [{ state: version.state, at: version.created }];
  const spans = history
    .map(({ state, at }, index) => {
      const from = x(Math.min(at, now));
      // A lane ends with the destruction.
      const to = state === "destroyed" ? from : x(Math.min(history[index + 1]?.at ?? now, now));
      return { x: from, width: Math.max(0, to - from), state };
    })
    .filter((span) => span.width > 0);
  const marks = history.map(({ state, at }) => ({ id: `${at} ${state}`, x: x(Math.min(at, now)), state }));
  return { version, y, spans, marks, next: futureEvent(key, version, now, x) };
}

/** The next event of a version that is known. */
function nextOf(key: VaultKey, version: Version): { kind: FutureEvent["kind"]; at: number } | undefined {
  if (version.destroyAt !== undefined) return { kind: "destruction", at: version.destroyAt };
  if (version.id === key.primary && key.due !== undefined) return { kind: "rotation", at: key.due };
  return undefined;
}

function futureEvent(key: VaultKey, version: Version, now: number, x: Scale): FutureEvent | undefined {
  const next = nextOf(key, version);
  if (!next) return undefined;
  const from = x(now);
  const to = x(Math.max(now, next.at));
  const anchor = to - from > EVENT_LABEL ? "end" : "start";
  return { kind: next.kind, from, x: to, label: formatUntil(next.at, now), anchor };
}

/** Linear between each two points: the past and the future have different scales. */
function scale([a, b, c]: [number, number, number], [p, q, r]: [number, number, number]): Scale {
  return (at) => (at <= b ? p + ((at - a) / (b - a)) * (q - p) : q + ((at - b) / (c - b)) * (r - q));
}

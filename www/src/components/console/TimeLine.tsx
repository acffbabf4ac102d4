import { useLayoutEffect, useRef, useState } from "preact/hooks";
import { addressOf } from "../../route";
import type { Key } from "../../state";
import { BAR, LANE, LANES, pictureOf, type Coming, type Lane, type Picture } from "../../timeline";
import { Legend } from "./States";

interface Props {
  /** Named apart, since components' own `key` is another thing. */
  of: Key;
  now: number;
  /** The number of the version that is looked at. */
  selected: number;
}

/** The life of a key as a picture: a lane for each version. The table of versions says the same in words. */
export function TimeLine({ of, now, selected }: Props) {
  const frame = useRef<HTMLElement>(null);
  const width = useWidth(frame);
  const older = of.versions.length - LANES;
  const picture = width > 0 ? pictureOf(of, now, width) : undefined;
  return (
    <figure ref={frame} class="time-line" data-testid="time-line">
      {picture && <Drawing picture={picture} of={of} selected={selected} />}
      <figcaption>
        <Legend states={new Set(picture?.lanes.flatMap(({ marks }) => marks.map(({ state }) => state)))} />
        {picture?.lanes.some(({ coming }) => coming) && (
          <p class="hint">What is to come, after today, has a scale of its own.</p>
        )}
        {older > 0 && <p class="hint">The newest {LANES} versions; the others are in the table.</p>}
      </figcaption>
    </figure>
  );
}

function Drawing({ picture, of, selected }: { picture: Picture; of: Key; selected: number }) {
  const { width, height, left, right, bottom, today, lanes, ticks } = picture;
  return (
    <svg
      width={width}
      height={height}
      viewBox={`0 0 ${width} ${height}`}
      role="img"
      aria-label={`Time line of “${of.alias}”. The table below says the same in words.`}
    >
      <rect class="ahead" x={today} y={8} width={right - today} height={bottom - 8} />
      {lanes.map((lane) => (
        <LaneDrawing
          key={lane.version.id}
          lane={lane}
          right={right}
          selected={lane.version.number === selected}
          choose={() => (location.hash = addressOf.key(of.id, lane.version.number))}
        />
      ))}
      <g class="axis">
        <line x1={left} x2={right} y1={bottom} y2={bottom} />
        {ticks.map(({ x, label }) => (
          <g key={x}>
            <line x1={x} x2={x} y1={bottom} y2={bottom + 5} />
            <text x={x} y={bottom + 19} text-anchor="middle">
              {label}
            </text>
          </g>
        ))}
      </g>
      <g class="today">
        <line x1={today} x2={today} y1={8} y2={bottom} />
        <text x={today - 6} y={16} text-anchor="end">
          today
        </text>
      </g>
    </svg>
  );
}

interface LaneProps {
  lane: Lane;
  right: number;
  selected: boolean;
  choose: () => void;
}

function LaneDrawing({ lane: { version, y, stretches, marks, coming }, right, selected, choose }: LaneProps) {
  const middle = y + LANE / 2;
  return (
    // For the mouse alone: the table's links do the same for the keyboard.
    <g class={selected ? "lane selected" : "lane"} onClick={choose}>
      <rect class="row" x={0} y={y} width={right} height={LANE} rx={6} />
      <text class="number" x={8} y={middle + 5}>
        {version.number}
      </text>
      {stretches.map(({ x, width, state }) => (
        <rect
          key={x}
          class={`stretch ${state}`}
          x={x}
          y={middle - BAR / 2}
          width={width}
          height={BAR}
          fill={`url(#state-${state})`}
        />
      ))}
      {coming && <Ahead coming={coming} y={middle} />}
      {marks.map(({ id, x, state }) => (
        <Mark key={id} x={x} y={middle} ends={state === "destroyed"} />
      ))}
    </g>
  );
}

/** Where a state began; a cross where the material was erased. */
function Mark({ x, y, ends }: { x: number; y: number; ends: boolean }) {
  if (ends) return <path class="cross" d={cross(x, y, 6)} />;
  return <circle class="mark" cx={x} cy={y} r={4} />;
}

/** What is to come: a rotation as a diamond, a destruction as a cross. */
function Ahead({ coming: { kind, from, x, label, anchor }, y }: { coming: Coming; y: number }) {
  return (
    <g class={`coming ${kind}`}>
      <line x1={from} x2={x} y1={y} y2={y} />
      {kind === "rotation" ? (
        <path class="diamond" d={`M${x},${y - 6} l6,6 l-6,6 l-6,-6 z`} />
      ) : (
        <path class="cross" d={cross(x, y, 6)} />
      )}
      <text x={anchor === "end" ? x + 6 : from + 6} y={y - 10} text-anchor={anchor}>
        {label}
      </text>
    </g>
  );
}

const cross = (x: number, y: number, size: number): string =>
  `M${x - size},${y - size} L${x + size},${y + size} M${x - size},${y + size} L${x + size},${y - size}`;

/** An element's width in pixels, as it is now. */
function useWidth(frame: { current: HTMLElement | null }): number {
  const [width, setWidth] = useState(0);
  useLayoutEffect(() => {
    const { current } = frame;
    if (!current) return undefined;
    const measure = () => setWidth(Math.floor(current.clientWidth));
    measure();
    const observer = new ResizeObserver(measure);
    observer.observe(current);
    return () => observer.disconnect();
  }, [frame]);
  return width;
}

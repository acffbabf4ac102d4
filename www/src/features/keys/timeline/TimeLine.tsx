import { useLayoutEffect, useRef, useState } from "preact/hooks";
import type { VaultKey } from "strongroom";
import { addressOf, goTo } from "../../../app/route";
import text from "../../../ui/text.module.css";
import { Legend } from "../StateName";
import { LaneDrawing } from "./LaneDrawing";
import { LANES, pictureOf, type Picture } from "./picture";
import styles from "./TimeLine.module.css";

interface Props {
  of: VaultKey;
  now: number;
  /** The number of the selected version. */
  selected: number;
}

/** The history of a key as a picture, with one lane per version. The table of versions says the same in words. */
export function TimeLine({ of, now, selected }: Props) {
  const frame = useRef<HTMLElement>(null);
  const width = useWidth(frame);
  const older = of.versions.length - LANES;
  const picture = width > 0 ? pictureOf(of, now, width) : undefined;
  return (
    <figure ref={frame} class={styles.timeline} data-testid="time-line">
      {picture && <Drawing picture={picture} of={of} selected={selected} />}
      <figcaption>
        <Legend states={new Set(picture?.lanes.flatMap(({ marks }) => marks.map(({ state }) => state)))} />
        {picture?.lanes.some(({ next }) => next) && <p class={text.hint}>Future events use a different scale.</p>}
        {older > 0 && <p class={text.hint}>The newest {LANES} versions. The table has all of them.</p>}
      </figcaption>
    </figure>
  );
}

function Drawing({ picture, of, selected }: { picture: Picture; of: VaultKey; selected: number }) {
  const { width, height, left, right, bottom, today, lanes, ticks } = picture;
  return (
    <svg
      width={width}
      height={height}
      viewBox={`0 0 ${width} ${height}`}
      role="img"
      aria-label={`Time line of “${of.alias}”. The table below says the same in words.`}
    >
      <rect class={styles.ahead} x={today} y={8} width={right - today} height={bottom - 8} />
      {lanes.map((lane) => (
        <LaneDrawing
          key={lane.version.id}
          lane={lane}
          right={right}
          selected={lane.version.number === selected}
          select={() => goTo(addressOf.key(of.id, lane.version.number))}
        />
      ))}
      <g class={styles.axis}>
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
      <g class={styles.today}>
        <line x1={today} x2={today} y1={8} y2={bottom} />
        <text x={today - 6} y={16} text-anchor="end">
          today
        </text>
      </g>
    </svg>
  );
}

/** The current width of an element in pixels. */
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

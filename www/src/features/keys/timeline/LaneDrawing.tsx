import { BAR, LANE, type FutureEvent, type Lane } from "./picture";
import styles from "./TimeLine.module.css";

interface Props {
  lane: Lane;
  right: number;
  selected: boolean;
  select: () => void;
}

/** One version from its creation on. Clicks are for the mouse alone: the table's links work with the keyboard. */
export function LaneDrawing({ lane: { version, y, spans, marks, next }, right, selected, select }: Props) {
  const middle = y + LANE / 2;
  return (
    <g class={styles.lane} data-version={version.number} data-selected={selected} onClick={select}>
      <rect class={styles.row} x={0} y={y} width={right} height={LANE} rx={6} />
      <text class={styles.number} x={8} y={middle + 5}>
        {version.number}
      </text>
      {spans.map(({ x, width, state }) => (
        <rect
          key={x}
          class={styles.span}
          data-state={state}
          x={x}
          y={middle - BAR / 2}
          width={width}
          height={BAR}
          fill={`url(#state-${state})`}
        />
      ))}
      {next && <NextEvent event={next} y={middle} />}
      {marks.map(({ id, x, state }) => (
        <Mark key={id} x={x} y={middle} ends={state === "destroyed"} />
      ))}
    </g>
  );
}

/** Where a state began; a cross where the key material was erased. */
function Mark({ x, y, ends }: { x: number; y: number; ends: boolean }) {
  if (ends) return <path class={styles.cross} d={cross(x, y, 6)} />;
  return <circle class={styles.mark} cx={x} cy={y} r={4} />;
}

/** A rotation as a diamond, a destruction as a cross. */
function NextEvent({ event: { kind, from, x, label, anchor }, y }: { event: FutureEvent; y: number }) {
  return (
    <g class={styles.next} data-kind={kind}>
      <line x1={from} x2={x} y1={y} y2={y} />
      {kind === "rotation" ? (
        <path class={styles.diamond} d={`M${x},${y - 6} l6,6 l-6,6 l-6,-6 z`} />
      ) : (
        <path class={styles.cross} d={cross(x, y, 6)} />
      )}
      <text x={anchor === "end" ? x + 6 : from + 6} y={y - 10} text-anchor={anchor}>
        {label}
      </text>
    </g>
  );
}

const cross = (x: number, y: number, size: number): string =>
  `M${x - size},${y - size} L${x + size},${y + size} M${x - size},${y + size} L${x + size},${y - size}`;

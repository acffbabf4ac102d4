import type { ComponentChildren } from "preact";
import type { VersionState } from "strongroom";
import { STATE_NAMES, STATES } from "./labels";
import styles from "./StateName.module.css";

/**
 * The pattern of each state, for the time line and beside its name. Rendered once in the page and without a size:
 * some browsers do not fill with patterns of an element that is not displayed.
 */
export function Patterns() {
  return (
    <svg class={styles.patterns} aria-hidden="true" focusable="false" width="0" height="0">
      <defs>
        <Tile state="pre-active" size={6}>
          <circle class={styles.inkYours} cx="3" cy="3" r="1" />
        </Tile>
        <Tile state="active" size={4}>
          <rect class={styles.inkYours} width="4" height="4" />
        </Tile>
        <Tile state="suspended" size={6}>
          <rect class={styles.inkWaiting} width="3" height="6" />
        </Tile>
        <Tile state="deactivated" size={6}>
          <path class={styles.strokeYours} d="M-1,1 L1,-1 M0,6 L6,0 M5,7 L7,5" />
        </Tile>
        <Tile state="compromised" size={6}>
          <path class={styles.strokeDanger} d="M0,0 L6,6 M0,6 L6,0" />
        </Tile>
        <Tile state="destroy-scheduled" size={6}>
          <path class={styles.strokeDanger} d="M0,1.5 H6 M0,4.5 H6" />
        </Tile>
        <Tile state="destroyed" size={6}>
          <path class={styles.strokeSoft} d="M0,3 H2" />
        </Tile>
      </defs>
    </svg>
  );
}

interface TileProps {
  state: VersionState;
  size: number;
  children: ComponentChildren;
}

function Tile({ state, size, children }: TileProps) {
  return (
    <pattern id={`state-${state}`} width={size} height={size} patternUnits="userSpaceOnUse">
      <rect class={styles.ground} data-state={state} width={size} height={size} />
      {children}
    </pattern>
  );
}

function Swatch({ state }: { state: VersionState }) {
  return (
    <svg class={styles.swatch} data-state={state} width="20" height="14" aria-hidden="true" focusable="false">
      <rect x="0.75" y="0.75" width="18.5" height="12.5" rx="3" fill={`url(#state-${state})`} />
    </svg>
  );
}

/** A state by its name and its pattern. */
export function StateName({ state }: { state: VersionState }) {
  return (
    <span class={styles.state} data-testid="state" data-state={state}>
      <Swatch state={state} />
      {STATE_NAMES[state]}
    </span>
  );
}

/** The names of the patterns in the time line. */
export function Legend({ states }: { states: ReadonlySet<VersionState> }) {
  return (
    <ul class={styles.legend} aria-hidden="true">
      {STATES.filter((state) => states.has(state)).map((state) => (
        <li key={state}>
          <Swatch state={state} />
          {STATE_NAMES[state]}
        </li>
      ))}
    </ul>
  );
}

import type { VersionState } from "strongroom";
import { STATE_NAMES, STATES } from "../../words";

/**
 * What each state looks like, in the picture and beside its name: by colour and by pattern. Once in the page,
 * drawn but unseen, or some browsers would not fill with them.
 */
export function Patterns() {
  return (
    <svg class="patterns" aria-hidden="true" focusable="false" width="0" height="0">
      <defs>
        <Tile state="pre-active" size={6}>
          <circle class="ink yours" cx="3" cy="3" r="1" />
        </Tile>
        <Tile state="active" size={4}>
          <rect class="ink yours" width="4" height="4" />
        </Tile>
        <Tile state="suspended" size={6}>
          <rect class="ink waiting" width="3" height="6" />
        </Tile>
        <Tile state="deactivated" size={6}>
          <path class="stroke yours" d="M-1,1 L1,-1 M0,6 L6,0 M5,7 L7,5" />
        </Tile>
        <Tile state="compromised" size={6}>
          <path class="stroke danger" d="M0,0 L6,6 M0,6 L6,0" />
        </Tile>
        <Tile state="destroy-scheduled" size={6}>
          <path class="stroke danger" d="M0,1.5 H6 M0,4.5 H6" />
        </Tile>
        <Tile state="destroyed" size={6}>
          <path class="stroke soft" d="M0,3 H2" />
        </Tile>
      </defs>
    </svg>
  );
}

interface TileProps {
  state: VersionState;
  size: number;
  children: preact.ComponentChildren;
}

function Tile({ state, size, children }: TileProps) {
  return (
    <pattern id={`state-${state}`} width={size} height={size} patternUnits="userSpaceOnUse">
      <rect class={`ground ${state}`} width={size} height={size} />
      {children}
    </pattern>
  );
}

export function Swatch({ state }: { state: VersionState }) {
  return (
    <svg class={`swatch ${state}`} width="20" height="14" aria-hidden="true" focusable="false">
      <rect x="0.75" y="0.75" width="18.5" height="12.5" rx="3" fill={`url(#state-${state})`} />
    </svg>
  );
}

/** A state by its name, with what it looks like. */
export function StateName({ state }: { state: VersionState }) {
  return (
    <span class="state" data-testid="state" data-state={state}>
      <Swatch state={state} />
      {STATE_NAMES[state]}
    </span>
  );
}

/** What the picture's patterns mean: of those that are in it. */
export function Legend({ states }: { states: ReadonlySet<VersionState> }) {
  return (
    <ul class="legend" aria-hidden="true">
      {STATES.filter((state) => states.has(state)).map((state) => (
        <li key={state}>
          <Swatch state={state} />
          {STATE_NAMES[state]}
        </li>
      ))}
    </ul>
  );
}

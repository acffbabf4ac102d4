/** A vault that locks itself: after a time without use, after a time in all, and with its page. */
import { ArgumentError } from "../../shared/errors/index.js";
import { check, optionsOf, type Checks } from "../../shared/options.js";

/**
 * When a vault locks itself, in this tab. Durations are ISO 8601, of weeks, days, hours, minutes and seconds: `"PT10M"`. The device's clock
 * is compared, so a machine that slept locks when it wakes.
 */
export interface AutoLockOptions {
  /** After so long without a call of the vault. */
  idle?: string | undefined;
  /** Whether what a person does on the page (a key, the pointer, a touch) counts for `idle` as a call does. */
  activity?: boolean | undefined;
  /** So long after it was unlocked, whatever is done. */
  after?: string | undefined;
  /** Once the page was hidden for so long; `"PT0S"`: at once. */
  hidden?: string | undefined;
  /** When the page is left, though the browser may keep it for going back. */
  leave?: boolean | undefined;
}

/** What a vault locked itself for. */
export type AutoLockCause = "idle" | "after" | "hidden" | "leave";

const AUTO_LOCK = {
  idle: durationOf,
  activity: check.flag,
  after: durationOf,
  hidden: durationOf,
  leave: check.flag,
} satisfies Checks<AutoLockOptions>;

/** Milliseconds. */
const UNITS = [7 * 24 * 3_600_000, 24 * 3_600_000, 3_600_000, 60_000, 1000] as const;
const DURATION = /^P(?=\d|T\d)(?:(\d{1,6})W)?(?:(\d{1,6})D)?(?:T(?=\d)(?:(\d{1,6})H)?(?:(\d{1,6})M)?(?:(\d{1,6})S)?)?$/;

/** Milliseconds for which a call, or a body that is read, puts off what is due. */
const LONGEST_HOLD = 3_600_000;
/** Milliseconds between two calls of one job, at most; and between two looks while something runs. */
const BETWEEN_CALLS = 1000;
/** Milliseconds after which the clock is looked at again: timers count no time in which a machine sleeps. */
const LONGEST_WAIT = 60_000;

/** Milliseconds by which a clock that is set by the network is put back, at most. */
const LARGEST_CORRECTION = 120_000;

const ACTIVITY = ["keydown", "pointerdown", "pointermove", "wheel", "touchstart"] as const;

/** @throws ArgumentError @internal */
export function checkAutoLock(given: unknown): AutoLockOptions {
  return optionsOf(given as AutoLockOptions, AUTO_LOCK, "autoLock");
}

/** By two clocks: one that a person can set, and one that may stand still while the machine sleeps. */
interface Moment {
  readonly wall: number;
  readonly steady: number;
}

export class AutoLock {
  readonly #options: AutoLockOptions;
  readonly #runs: () => boolean;
  readonly #lock: (cause: AutoLockCause) => void;
  #begun = moment();
  /** When it was used last, by a call or by what a person did. */
  #used = moment();
  /** When it was called last. */
  #called = moment();
  #hidden: Moment | undefined;
  #listening: AbortController | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;

  /** @param runs whether a call is in flight, or a body is open @param lock locks the vault, and so calls `end` */
  constructor(options: AutoLockOptions, runs: () => boolean, lock: (cause: AutoLockCause) => void) {
    this.#options = options;
    this.#runs = runs;
    this.#lock = lock;
  }

  /** The vault was unlocked. @param wall when it was first, of one that a reload opened again */
  begin(wall = Date.now()): void {
    this.end();
    const now = moment();
    this.#begun = { wall, steady: now.steady - (now.wall - wall) };
    this.#used = now;
    this.#called = now;
    this.#hidden = isHidden() ? now : undefined;
    this.#listen();
    this.#wait();
  }

  /** The vault was locked. */
  end(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#listening?.abort();
    this.#listening = undefined;
  }

  /** It was used: by a call that begins, or by one that was in flight until now. */
  readonly used = (answered = false): void => {
    if (this.#listening && !this.look(answered)) this.#used = this.#called = moment();
  };

  /** A person did something on the page: that puts off nothing that is due. */
  #active(): void {
    if (this.#listening && !this.look()) this.#used = moment();
  }

  /** Locks the vault if it is time to; whether it did. `held`: whether something runs that puts it off. */
  look(held = false): boolean {
    if (!this.#listening) return false;
    const due = this.#due();
    if (due && !((held || this.#isHeld()) && due.late < LONGEST_HOLD)) {
      this.end();
      this.#lock(due.cause);
      return true;
    }
    this.#wait();
    return false;
  }

  #isHeld(): boolean {
    return this.#runs() || since(this.#called) < BETWEEN_CALLS;
  }

  /** What it is time for, and for how long. */
  #due(): { cause: AutoLockCause; late: number } | undefined {
    const due = this.#limits().filter(({ left }) => left <= 0);
    const [first] = due.toSorted((one, other) => one.left - other.left);
    return first && { cause: first.cause, late: -first.left };
  }

  /** What each limit leaves, in milliseconds. */
  #limits(): { cause: AutoLockCause; left: number }[] {
    const { idle, after, hidden } = this.#options;
    const limits: [cause: AutoLockCause, limit: string | undefined, from: Moment | undefined][] = [
      ["idle", idle, this.#used],
      ["after", after, this.#begun],
      ["hidden", hidden, this.#hidden],
    ];
    return limits.flatMap(([cause, limit, from]) =>
      limit === undefined || !from ? [] : [{ cause, left: milliseconds(limit) - since(from) }],
    );
  }

  #wait(): void {
    clearTimeout(this.#timer);
    const left = Math.min(LONGEST_WAIT, ...this.#limits().map((limit) => limit.left));
    const over = (): void => {
      this.#timer = undefined;
      this.look();
    };
    this.#timer = setTimeout(over, left > 0 ? Math.ceil(left) : BETWEEN_CALLS);
    // Node would not end before. In browsers a timer is a number.
    (this.#timer as { unref?(): void }).unref?.();
  }

  #listen(): void {
    this.#listening = new AbortController();
    const { signal } = this.#listening;
    if (typeof document === "undefined") return;
    document.addEventListener("visibilitychange", () => this.#seen(), { signal });
    addEventListener("pageshow", () => this.look(), { signal });
    addEventListener("focus", () => this.look(), { signal });
    addEventListener("pagehide", () => this.#left(), { signal });
    if (!this.#options.activity) return;
    for (const name of ACTIVITY) addEventListener(name, () => this.#active(), { signal, capture: true, passive: true });
  }

  #seen(): void {
    // What was due while the page was hidden is due still.
    if (this.look()) return;
    const isDue = this.#limits().some(({ cause, left }) => cause === "hidden" && left <= 0);
    if (isHidden()) this.#hidden ??= moment();
    else if (!isDue) this.#hidden = undefined;
    this.look();
  }

  #left(): void {
    if (!this.#options.leave) return;
    this.end();
    this.#lock("leave");
  }
}

function moment(): Moment {
  return { wall: Date.now(), steady: performance.now() };
}

/** A clock that was turned back makes no time shorter; by more than clocks are corrected, how long it was is not known. */
function since({ wall, steady }: Moment): number {
  const now = Date.now();
  return now < wall - LARGEST_CORRECTION ? Infinity : Math.max(now - wall, performance.now() - steady);
}

function isHidden(): boolean {
  return typeof document !== "undefined" && document.visibilityState === "hidden";
}

/** @throws ArgumentError @internal */
export function durationOf(value: unknown, name: string): string {
  if (typeof value === "string" && DURATION.test(value)) return value;
  throw new ArgumentError(`${name} must be a duration of weeks to seconds (ISO 8601, such as PT10M)`);
}

/** Of what `durationOf` returned. @internal */
export function milliseconds(duration: string): number {
  const [, ...numbers] = DURATION.exec(duration) ?? [];
  return UNITS.reduce((sum, unit, at) => sum + unit * Number(numbers[at] ?? 0), 0);
}

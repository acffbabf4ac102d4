/** The list of keys: the query, and the page of it that is shown. */

import { signal } from "@preact/signals";
import type { KeyPage, Purpose, VersionState } from "strongroom";
import { latest } from "../../app/latest";
import type { Scope } from "../../app/scope";

/** Keys per page: about what fits one or two screens. */
const PAGE = 25;

/** How long typing pauses before the search starts, in ms. */
const PAUSE = 200;

export interface KeyQuery {
  prefix: string;
  state: VersionState | "";
  purpose: Purpose | "";
}

export class KeyList {
  readonly #scope: Scope;
  readonly #query = signal<KeyQuery>({ prefix: "", state: "", purpose: "" });
  readonly #page = signal<KeyPage | undefined>(undefined);
  /** The starts of all pages up to the current one. */
  readonly #starts = signal<readonly (string | undefined)[]>([undefined]);
  #pause: ReturnType<typeof setTimeout> | undefined;

  constructor(scope: Scope) {
    this.#scope = scope;
  }

  get query(): KeyQuery {
    return this.#query.value;
  }

  /** `undefined` until it was read. */
  get page(): KeyPage | undefined {
    return this.#page.value;
  }

  get pageNumber(): number {
    return this.#starts.value.length;
  }

  /** Narrows the list, and shows its first page. */
  async filter(change: Partial<KeyQuery>): Promise<void> {
    this.#query.value = { ...this.#query.value, ...change };
    this.#starts.value = [undefined];
    await this.read();
  }

  /** Narrows the list to names with this prefix, once typing pauses. */
  search(prefix: string): void {
    clearTimeout(this.#pause);
    this.#pause = setTimeout(() => this.filter({ prefix }), PAUSE);
  }

  async next(): Promise<void> {
    const next = this.page?.next;
    if (next === undefined) return;
    this.#starts.value = [...this.#starts.value, next];
    await this.read();
  }

  async back(): Promise<void> {
    if (this.pageNumber === 1) return;
    this.#starts.value = this.#starts.value.slice(0, -1);
    await this.read();
  }

  /** Reads the page as it is now. */
  read(): Promise<void> {
    const { prefix, state, purpose } = this.query;
    const options = {
      ...(prefix && { prefix }),
      ...(state && { state }),
      ...(purpose && { purpose }),
      destroyed: true,
      after: this.#starts.value.at(-1),
      limit: PAGE,
    };
    return this.#apply(this.#scope.vault.keys.page(options)).catch(this.#scope.fail);
  }

  readonly #apply = latest<KeyPage>((page) => {
    this.#page.value = page;
  });
}

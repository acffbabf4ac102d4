/** How well the unlocked vault is kept. */

import { signal } from "@preact/signals";
import type { VaultHealth } from "strongroom";
import { coalesced } from "../../app/coalesced";
import type { Scope } from "../../app/scope";

export class HealthModel {
  readonly refresh: () => Promise<void>;
  readonly #health = signal<VaultHealth | undefined>(undefined);

  constructor({ vault, signal: ended, fail }: Scope) {
    this.refresh = coalesced(async () => {
      try {
        this.#health.value = await vault.health({ signal: ended });
      } catch (error) {
        fail(error);
      }
    });
    vault.addEventListener(
      "change",
      ({ detail: { noun } }) => void (noun === "factors" && this.refresh()),
      { signal: ended },
    );
  }

  /** `undefined` until it was looked at. */
  get health(): VaultHealth | undefined {
    return this.#health.value;
  }
}

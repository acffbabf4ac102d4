/** What opens an unlocked vault: the list of it, and what is done to it. */

import { signal } from "@preact/signals";
import type {
  CompromisedFactorReport,
  Factor,
  FactorInfo,
  FailedAttempts,
  RecoveryKit,
} from "strongroom";
import { coalesced } from "../../app/coalesced";
import { notify } from "../../app/notice";
import type { Scope } from "../../app/scope";
import { Problem } from "../../ui/problem";
import { kindName, titleOf } from "./labels";

/** What the page proposes right after a vault was opened. */
export interface FactorOffer {
  /** A recovery kit for a new vault, or another passphrase where the vault was opened with its kit. */
  of: "kit" | "passphrase";
  /** What opened the vault. */
  factor: Factor;
  /** What is said where the offer is declined. */
  declined: string;
}

export class FactorsModel {
  /** The vault's name. */
  readonly vault: string;
  /** What failed before this vault was unlocked. */
  readonly failedAttempts: FailedAttempts | undefined;
  readonly refresh: () => Promise<void>;
  readonly #scope: Scope;
  readonly #list = signal<readonly FactorInfo[] | undefined>(undefined);
  readonly #identity = signal<string | undefined>(undefined);
  readonly #offer = signal<FactorOffer | undefined>(undefined);
  readonly #report = signal<CompromisedFactorReport | undefined>(undefined);

  constructor(scope: Scope) {
    const { vault, signal: ended, fail } = scope;
    this.#scope = scope;
    this.vault = vault.name;
    this.failedAttempts = vault.failedAttempts;
    this.refresh = coalesced(() => this.#read().catch(fail));
    vault.addEventListener(
      "change",
      // What this page does, it reads by itself.
      ({ detail: { noun, elsewhere } }) => void (noun === "factors" && elsewhere && this.refresh()),
      { signal: ended },
    );
    void this.refresh();
  }

  /** `undefined` until they were read. */
  get list(): readonly FactorInfo[] | undefined {
    return this.#list.value;
  }

  /** The thumbprint of the key that signs for the vault. */
  get identity(): string | undefined {
    return this.#identity.value;
  }

  /** Those that do not know the vault's identity yet. */
  get unpinned(): readonly FactorInfo[] {
    return (this.list ?? []).filter(({ known, pinned }) => known && !pinned);
  }

  get lacksKit(): boolean {
    return this.list !== undefined && !this.list.some(({ kind }) => kind === "recovery-kit");
  }

  get offer(): FactorOffer | undefined {
    return this.#offer.value;
  }

  /** The outcome of a compromised revocation, until it is closed. */
  get report(): CompromisedFactorReport | undefined {
    return this.#report.value;
  }

  propose(offer: FactorOffer): void {
    this.#offer.value = offer;
  }

  /** Forgets what was proposed, and the factor with it. */
  decline(): void {
    const declined = this.#offer.peek()?.declined;
    this.#offer.value = undefined;
    if (declined) notify(declined, { stays: true });
  }

  closeReport(): void {
    this.#report.value = undefined;
  }

  /** Whether it opens the vault, before somebody writes 24 words down for it. */
  async check(factor: Factor): Promise<void> {
    await this.#scope.vault.unlock(factor);
  }

  async add(added: Factor, factor: Factor, name: string | undefined): Promise<void> {
    const info = await this.#scope.vault.factors.add(added, { factor, name });
    await this.refresh();
    notify(`“${titleOf(info)}” opens the vault now.`);
  }

  async rename({ id }: FactorInfo, name: string | undefined): Promise<void> {
    const info = await this.#scope.vault.factors.rename(id, name);
    await this.refresh();
    notify(`The ${kindName(info.kind)} is called “${titleOf(info)}” now.`);
  }

  async replace({ id }: FactorInfo, added: Factor, factor: Factor, stop?: AbortSignal): Promise<void> {
    const info = await this.#scope.vault.factors.replace(id, added, { factor, signal: stop });
    await this.refresh();
    notify(`“${titleOf(info)}” is changed. The old ${kindName(info.kind)} opens the vault no more. Save a new backup.`);
  }

  async revoke(info: FactorInfo, factor: Factor, stop: AbortSignal): Promise<void> {
    await this.#scope.vault.factors.revoke(info.id, { factor, signal: stop });
    await this.refresh();
    notify(`“${titleOf(info)}” opens the vault no more. Save a new backup.`);
  }

  /** @param kit in the place of the vault's, where it has one */
  async revokeCompromised({ id }: FactorInfo, factor: Factor, stop: AbortSignal, kit?: RecoveryKit): Promise<void> {
    const report = await this.#scope.vault.factors.revoke(id, { factor, compromised: true, kit, signal: stop });
    await this.refresh();
    this.#report.value = report;
  }

  /** Presents a factor once, so that it knows the vault's identity. */
  async present({ id, kind }: FactorInfo, factor: Factor): Promise<void> {
    await this.#scope.vault.unlock(factor);
    await this.refresh();
    const pinned = this.#list.peek()?.find((one) => one.id === id)?.pinned;
    if (!pinned) throw new Problem(`This opens the vault, but it is another ${kindName(kind)} than this one.`);
  }

  /** Tries a factor while the vault is open, and notes the date. */
  async rehearse({ id, kind }: FactorInfo, factor: Factor): Promise<void> {
    const tried = await this.#scope.vault.factors.rehearse(factor);
    await this.refresh();
    if (tried.id !== id) throw new Problem(`This opens the vault, but it is another ${kindName(kind)} than this one.`);
    notify(`“${titleOf(tried)}” opens the vault.`);
  }

  /** Gives a new vault its recovery kit. */
  async acceptKit(kit: RecoveryKit): Promise<void> {
    const offer = this.#offer.peek();
    if (!offer) return;
    await this.add(kit, offer.factor, undefined);
    this.#offer.value = undefined;
    notify(`Vault “${this.vault}” is ready, with a passphrase and a recovery kit.`);
  }

  /** Puts a passphrase in the place of the one that was lost. @param lost `undefined` where the vault has none */
  async acceptPassphrase(added: Factor, lost: FactorInfo | undefined): Promise<void> {
    const offer = this.#offer.peek();
    if (!offer) return;
    if (lost) await this.replace(lost, added, offer.factor);
    else await this.add(added, offer.factor, undefined);
    this.#offer.value = undefined;
  }

  async #read(): Promise<void> {
    const { vault } = this.#scope;
    const [list, identity] = await Promise.all([vault.factors.list(), vault.identity()]);
    this.#list.value = list;
    this.#identity.value = identity;
  }
}

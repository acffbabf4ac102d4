/** What opens an unlocked vault: the list of it, and what is done to it. */

import { batch, signal } from "@preact/signals";
import type {
  CompromisedFactorReport,
  Factor,
  FactorInfo,
  FailedAttempts,
  PresentedFactor,
  RecoveryKit,
  RecoveryShares,
} from "strongroom";
import { coalesced } from "../../app/coalesced";
import { notify } from "../../app/notice";
import type { Scope } from "../../app/scope";
import { Problem } from "../../ui/problem";
import { noteDevice, noteWay } from "../vault/last-way";
import { isOnPaper, kindName, titleOf, wayOf } from "./labels";

/** What the page proposes right after a vault was opened. */
export interface FactorOffer {
  /** A recovery kit for a new vault, or another passphrase or passkey where the vault was opened with its kit; what opens it on a new device. */
  of: "kit" | "instead" | "device";
  /** What opened the vault. */
  factor: PresentedFactor;
  /** What to know before a vault that was restored is used. */
  warnings?: readonly string[];
  /** The kit, where the vault has it already. */
  kit?: RecoveryKit;
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
  readonly #both = signal(false);
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

  /** Whether the vault takes a passphrase and a passkey together. */
  get both(): boolean {
    return this.#both.value;
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
    return this.list !== undefined && !this.list.some(({ kind }) => isOnPaper(kind));
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

  /** The offer was accepted, or there is nothing to say of it. */
  endOffer(): void {
    this.#offer.value = undefined;
  }

  closeReport(): void {
    this.#report.value = undefined;
  }

  /** Whether it opens the vault, before somebody writes 24 words down for it. */
  async check(factor: PresentedFactor): Promise<void> {
    await this.#scope.vault.unlock(factor);
  }

  /** Presents a factor again, for a policy that wants that. */
  async authenticate(factor: PresentedFactor): Promise<void> {
    await this.#scope.vault.authenticate(factor, { signal: this.#scope.signal });
  }

  async add(added: Factor, factor: PresentedFactor, name: string | undefined): Promise<void> {
    const info = await this.#scope.vault.factors.add(added, { factor, name });
    await this.refresh();
    notify(`“${titleOf(info)}” opens the vault now.`);
  }

  async rename({ id }: FactorInfo, name: string | undefined): Promise<void> {
    const info = await this.#scope.vault.factors.rename(id, name);
    await this.refresh();
    notify(`The ${kindName(info.kind)} is called “${titleOf(info)}” now.`);
  }

  async replace({ id }: FactorInfo, added: Factor, factor: PresentedFactor, stop?: AbortSignal): Promise<void> {
    const info = await this.#scope.vault.factors.replace(id, added, { factor, signal: stop });
    await this.refresh();
    notify(`“${titleOf(info)}” is changed. The old ${kindName(info.kind)} opens the vault no more. Save a new backup.`);
  }

  async revoke(info: FactorInfo, factor: PresentedFactor, stop: AbortSignal): Promise<void> {
    await this.#scope.vault.factors.revoke(info.id, { factor, signal: stop });
    await this.refresh();
    notify(`“${titleOf(info)}” opens the vault no more. Save a new backup.`);
  }

  /**
   * Its report is shown by `showReport`.
   *
   * @param keep the ids of those that stay, beside the one that confirms it
   * @param kit in the place of the vault's, where it has one
   */
  async revokeCompromised(
    { id }: FactorInfo,
    factor: PresentedFactor,
    keep: readonly string[],
    stop: AbortSignal,
    kit?: RecoveryKit,
  ): Promise<CompromisedFactorReport> {
    const report = await this.#scope.vault.factors.revoke(id, { factor, compromised: true, keep, kit, signal: stop });
    await this.refresh();
    return report;
  }

  async requireBoth(factor: PresentedFactor, stop: AbortSignal): Promise<void> {
    await this.#scope.vault.factors.require(["passphrase", "passkey"], { factor, signal: stop });
    noteWay(this.vault, "both");
    noteDevice(this.vault, false);
    await this.refresh();
    notify("The vault takes a passphrase and a passkey together now. Save a new backup, destroy the older ones, and try what is on paper once.");
  }

  async requireOne(factor: PresentedFactor, stop: AbortSignal): Promise<void> {
    await this.#scope.vault.factors.require(undefined, { factor, signal: stop });
    noteWay(this.vault, "passphrase");
    await this.refresh();
    notify("The vault takes one of what opens it again. Save a new backup.");
  }

  showReport(report: CompromisedFactorReport): void {
    this.#report.value = report;
  }

  /** A new kit that the vault has, as a page to print. */
  sheetOf(kit: RecoveryKit): Promise<string> {
    return this.#scope.vault.factors.printable(kit);
  }

  /** New shares that the vault has, as a page for each. */
  sheetsOf(shares: RecoveryShares): Promise<readonly string[]> {
    return this.#scope.vault.factors.printable(shares);
  }

  /** Presents a factor once, so that it knows the vault's identity. */
  async present({ id, kind }: FactorInfo, factor: PresentedFactor): Promise<void> {
    await this.#scope.vault.unlock(factor);
    await this.refresh();
    const pinned = this.#list.peek()?.find((one) => one.id === id)?.pinned;
    if (!pinned) throw new Problem(`This opens the vault, but it is another ${kindName(kind)} than this one.`);
  }

  /** Tries a factor while the vault is open, and notes the date. */
  async rehearse({ id, kind }: FactorInfo, factor: PresentedFactor): Promise<void> {
    const tried = await this.#scope.vault.factors.rehearse(factor);
    await this.refresh();
    if (tried.id !== id) throw new Problem(`This opens the vault, but it is another ${kindName(kind)} than this one.`);
    notify(`“${titleOf(tried)}” opens the vault.`);
  }

  /** Gives a new vault its recovery kit, whose words may still be in sight. */
  async takeKit(kit: RecoveryKit): Promise<void> {
    const offer = this.#offer.peek();
    if (!offer || offer.kit) return;
    await this.add(kit, offer.factor, undefined);
    this.#offer.value = { ...offer, kit, declined: uncheckedKit(this.vault, offer.factor) };
  }

  /** The kit's words are on paper. */
  acceptKit(): void {
    const offer = this.#offer.peek();
    if (!offer) return;
    this.#offer.value = undefined;
    notify(`Vault “${this.vault}” is ready, with a ${kindName(wayOf(offer.factor))} and a recovery kit.`);
  }

  /** Puts something in the place of what was lost. @param lost `undefined` where the vault has none */
  async acceptInstead(added: Factor, lost: FactorInfo | undefined): Promise<void> {
    const offer = this.#offer.peek();
    if (!offer) return;
    if (lost) await this.replace(lost, added, offer.factor);
    else await this.add(added, offer.factor, undefined);
    this.#offer.value = undefined;
  }

  async #read(): Promise<void> {
    const { vault } = this.#scope;
    const { factors } = vault;
    const [list, required, identity] = await Promise.all([factors.list(), factors.required(), vault.identity()]);
    batch(() => {
      this.#list.value = list;
      this.#both.value = required !== undefined;
      this.#identity.value = identity;
    });
  }
}

/** What is said where a vault has a kit, and nobody has looked whether its words are on paper. */
export const uncheckedKit = (vault: string, factor: PresentedFactor): string =>
  `Vault “${vault}” opens with the ${kindName(wayOf(factor))}, and with the words that were shown. If you did not keep them, change the recovery kit under “Access”.`;

/** What opens an unlocked vault: the list of it, and what is done to it. */

import { batch, signal } from "@preact/signals";
import {
  escrowKey,
  type CompromisedFactorReport,
  type FactorInfo,
  type FailedAttempts,
  type KmsAdapter,
  type NewFactor,
  type PresentedFactor,
  type RecoveryKit,
  type RecoveryShares,
} from "strongroom";
import { coalesced } from "../../app/coalesced";
import { notify } from "../../app/notice";
import type { Scope } from "../../app/scope";
import { Problem } from "../../ui/problem";
import { noteDevice, noteWay } from "../vault/last-way";
import { isElsewhere, isOnPaper, kindName, titleOf, wayOf } from "./labels";

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
  readonly #required = signal<readonly string[] | undefined>(undefined);
  readonly #bound = signal<readonly string[]>([]);
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
    return this.#required.value !== undefined;
  }

  /** The kinds that the vault takes at once, where it takes two. */
  get required(): readonly string[] | undefined {
    return this.#required.value;
  }

  /** The ids of those that the policy of the vault's organisation requires by their key. */
  get bound(): readonly string[] {
    return this.#bound.value;
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

  async add(added: NewFactor, factor: PresentedFactor, name: string | undefined): Promise<void> {
    const info = await this.#scope.vault.factors.add(added, { factor, name });
    await this.refresh();
    notify(info.kind === "kms" ? `The vault can ask “${titleOf(info)}” now. Nothing changes until it requires that.` : `“${titleOf(info)}” opens the vault now.`);
  }

  async rename({ id }: FactorInfo, name: string | undefined): Promise<void> {
    const info = await this.#scope.vault.factors.rename(id, name);
    await this.refresh();
    notify(`The ${kindName(info.kind)} is called “${titleOf(info)}” now.`);
  }

  async replace({ id }: FactorInfo, added: NewFactor, factor: PresentedFactor, stop?: AbortSignal): Promise<void> {
    const info = await this.#scope.vault.factors.replace(id, added, { factor, signal: stop });
    await this.refresh();
    const old = isElsewhere(info.kind)
      ? "Save a new backup, and keep the old key enabled at its service until no backup needs it."
      : `The old ${kindName(info.kind)} opens the vault no more. Save a new backup.`;
    notify(`“${titleOf(info)}” is changed. ${old}`);
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
  async rehearse(info: FactorInfo, factor: PresentedFactor): Promise<void> {
    await this.#rehearsed(info, factor);
    notify(`“${titleOf(info)}” opens the vault.`);
  }

  /** Has a service open the vault by its key, once, while the vault is open. */
  async openByKms(info: FactorInfo, kms: KmsAdapter): Promise<void> {
    await this.#rehearsed(info, escrowKey(kms));
    notify(`“${titleOf(info)}” opened the vault, by one request to its service.`);
  }

  /** Asks a gate's service whether it would decrypt, and whether its key is the one that the vault has. */
  async askGate(info: FactorInfo, kms: KmsAdapter & { test: () => Promise<void> }): Promise<void> {
    await kms.test();
    const found = await this.#scope.vault.factors.dependents(await kms.publicKey());
    if (!found.some(({ id }) => id === info.id)) throw new Problem("The key of this name is another one than the vault’s. Compare their thumbprints.", "arn");
    notify(`“${titleOf(info)}” would decrypt now, and is the key that the vault has.`);
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
  async acceptInstead(added: NewFactor, lost: FactorInfo | undefined): Promise<void> {
    const offer = this.#offer.peek();
    if (!offer) return;
    if (lost) await this.replace(lost, added, offer.factor);
    else await this.add(added, offer.factor, undefined);
    this.#offer.value = undefined;
  }

  async #rehearsed({ id, kind }: FactorInfo, factor: PresentedFactor): Promise<void> {
    const tried = await this.#scope.vault.factors.rehearse(factor);
    await this.refresh();
    if (tried.id !== id) throw new Problem(`This opens the vault, but it is another ${kindName(kind)} than this one.`);
  }

  async #read(): Promise<void> {
    const { vault } = this.#scope;
    const { factors } = vault;
    const [list, required, identity, organisation] = await Promise.all([factors.list(), factors.required(), vault.identity(), vault.organisation()]);
    const bound = organisation?.escrow ? await factors.dependents(organisation.escrow) : [];
    batch(() => {
      this.#list.value = list;
      this.#required.value = required;
      this.#bound.value = bound.map(({ id }) => id);
      this.#identity.value = identity;
    });
  }
}

/** What is said where a vault has a kit, and nobody has looked whether its words are on paper. */
export const uncheckedKit = (vault: string, factor: PresentedFactor): string =>
  `Vault “${vault}” opens with the ${kindName(wayOf(factor))}, and with the words that were shown. If you did not keep them, change the recovery kit under “Access”.`;

/** What opens a vault: a list of factors, any one of which does. */
import { abortable, throwIfAborted } from "../../shared/async.js";
import { ArgumentError, asStrongroomError } from "../../shared/errors/index.js";
import type { KeyElsewhere } from "../../shared/model/key-elsewhere.js";
import type { CompromisedFactorReport, FactorInfo, PasskeyInfo } from "../../shared/model/factor-info.js";
import type { ReasonOptions } from "../../shared/model/key-policy.js";
import type { AbortOptions, OperationOptions } from "../../shared/model/progress.js";
import { ABORT, check, optionsOf, REASON, WATCH, type Checks } from "../../shared/options.js";
import type {
  IdentifiedFactor,
  RotatedVaultKey,
  WireCompromisedFactor,
  WireFactor,
  WireFactorInfo,
} from "../../shared/protocol/vault-calls.js";
import { frozen, nonEmpty } from "../../shared/text.js";
import type { UseEngine } from "../runtime/connection.js";
import { signalUnknown } from "../runtime/passkey-ceremonies.js";
import { watched } from "../runtime/watched.js";
import { loadLazily } from "../runtime/lazy-scripts.js";
import { availableFactors, withoutDevices, type AvailableFactors } from "./available-factors.js";
import { factorInfo } from "./told-factor.js";
import { checkNewFactor, encodeBoth, encodeFactor, encodePresented, type NewFactor, type PresentedFactor } from "./factor.js";
import { isMarked, marksOf } from "./key-dependents.js";
import type { KitTexts } from "./kit-texts.js";
import { presented } from "./presented.js";
import { DRAWS_KITS, isRecoveryKit, type RecoveryKit } from "./recovery-kit.js";
import { isRecoveryShares, type RecoveryShares } from "./recovery-shares.js";
import { requiredKinds, type RequiredKinds } from "./required-kinds.js";
import type { ShareTexts } from "./share-texts.js";

export interface RevokeFactorOptions extends OperationOptions, ReasonOptions {
  /** What opens the vault now: it is asked for again, though the vault is unlocked. */
  factor: PresentedFactor;
  /**
   * Whether somebody else may have it, and a copy of the vault with it. Then all that such a copy holds is made anew: see
   * `revoke`.
   */
  compromised?: boolean | undefined;
  /**
   * With `compromised`: the ids of the factors that stay beside the one that is presented. The others go in the same step: who
   * had the factor may have added one. Unless it is given, all stay.
   */
  keep?: readonly string[] | undefined;
  /**
   * With `compromised`: a new recovery kit, or new recovery shares, in whose place those of the vault go. Needed where a kit or
   * shares would stay otherwise; write the words down first.
   */
  kit?: RecoveryKit | RecoveryShares | undefined;
  /**
   * Whether a passkey that was revoked is to be forgotten by its authenticator too: afterwards, in browsers that can. Where an
   * older backup opens by it, that backup opens by it no more.
   */
  signalUnknownCredential?: boolean | undefined;
}

export interface AddFactorOptions extends AbortOptions, ReasonOptions {
  /** What opens the vault now: it is asked for again, though the vault is unlocked. */
  factor: PresentedFactor;
  /** What people call the new one: 1 to 256 bytes. Encrypted at rest. */
  name?: string | undefined;
}

export interface ReplaceFactorOptions extends OperationOptions, ReasonOptions {
  /** What opens the vault now: it is asked for again, though the vault is unlocked. */
  factor: PresentedFactor;
  /** Unless given, the new one has the name of the old one. */
  name?: string | undefined;
  /** As for `revoke`, of a passkey that is replaced. */
  signalUnknownCredential?: boolean | undefined;
}

export interface RequireFactorsOptions extends OperationOptions, ReasonOptions {
  /** What opens the vault now. To begin with, a passphrase and a passkey, in an array: each is known to open it then. */
  factor: PresentedFactor;
}

export interface PrintableKitOptions extends AbortOptions {
  /** In place of the English texts, each of those that are given. */
  texts?: KitTexts | undefined;
}

export interface PrintableSharesOptions extends AbortOptions {
  /** In place of the English texts, each of those that are given. */
  texts?: ShareTexts | undefined;
}

const PRINTABLE = { ...ABORT, texts: check.any } satisfies Checks<PrintableKitOptions | PrintableSharesOptions>;
const ADD_FACTOR = { ...ABORT, ...REASON, factor: check.any, name: check.name } satisfies Checks<AddFactorOptions>;
const REVOKE_FACTOR = {
  ...WATCH,
  ...REASON,
  factor: check.any,
  compromised: check.flag,
  keep: check.any,
  kit: check.any,
  signalUnknownCredential: check.flag,
} satisfies Checks<RevokeFactorOptions>;
const REQUIRE_FACTORS = { ...WATCH, ...REASON, factor: check.any } satisfies Checks<RequireFactorsOptions>;
const REPLACE_FACTOR = {
  ...WATCH,
  ...REASON,
  factor: check.any,
  name: check.name,
  signalUnknownCredential: check.flag,
} satisfies Checks<ReplaceFactorOptions>;

export class VaultFactors {
  readonly #use: UseEngine;
  readonly #vault: string;
  readonly #renewed: (identity: string) => void;

  /** @param renewed is told that the vault has another identity @internal */
  constructor(use: UseEngine, vault: string, renewed: (identity: string) => void) {
    this.#use = use;
    this.#vault = vault;
    this.#renewed = renewed;
  }

  /** All of them. Kinds of a later release are listed too, and not `known`. */
  async list(): Promise<readonly [FactorInfo, ...FactorInfo[]]> {
    const { factors } = await this.#use().peer.call("listFactors");
    const [first, ...others] = factors.map(factorInfo);
    return frozen([first!, ...others]);
  }

  /**
   * The escrows and gates that need a key of a KMS or of an organisation: before it is disabled, and after it was rotated there. The key is given by its
   * thumbprint (SHA-256 of RFC 7638, 43 characters), as a public JWK, which is compared by its thumbprint, or as an adapter: by its thumbprint and its names, and by a
   * request only where its public key is not configured. It is not given by a name alone (`kid`), because a name cannot prove that nothing needs the key: a factor has the
   * name under which it was enrolled, which may be a replica's, in another case, or none. Of other vaults, and of backups of this one, nothing is told.
   *
   * @example
   * const waiting = await vault.factors.dependents(oldKey); // its public JWK
   * for (const { kind, name } of waiting) warn(`${kind} ${name ?? ""} still needs the old key`);
   *
   * @throws LockedError; ArgumentError; KmsError, of an adapter that is asked
   */
  async dependents(key: KeyElsewhere, options?: AbortOptions): Promise<readonly FactorInfo[]> {
    const { signal } = optionsOf(options, ABORT);
    const marks = await abortable(signal, () => marksOf(key, signal));
    return frozen((await this.list()).filter((factor) => isMarked(factor, marks)));
  }

  /**
   * Which kinds of factors this browser can enrol, which it tries as far as that needs no person; also while the vault is locked.
   * Before there is a vault, `Strongroom.availableFactors()` tells the same.
   *
   * @example
   * const { kinds, missing } = await vault.factors.available();
   * if (kinds.includes("this-device")) offerThisDevice();
   * else explain(missing);
   */
  async available(): Promise<AvailableFactors> {
    const available = await availableFactors();
    return (await this.#requiresTwo()) ? withoutDevices(available) : available;
  }

  /** A vault that is locked has not proven what it takes. */
  async #requiresTwo(): Promise<boolean> {
    try {
      return (await this.required()) !== undefined;
    } catch (error) {
      if (asStrongroomError(error).code === "ERR_LOCKED") return false;
      throw error;
    }
  }

  /** The kinds that it takes to open the vault, where it takes two at once. */
  async required(): Promise<RequiredKinds | undefined> {
    const { requires } = await this.#use().peer.call("requiredFactors");
    return requires && frozen(requires as unknown as RequiredKinds);
  }

  /**
   * Has the vault take a passphrase and a passkey at once from now on, or one of them and a KMS, or, with `undefined`, any one factor again. A recovery kit, or
   * recovery shares, open it alone all the same, and there must be some; devices are revoked before. The vault gets a new key in the
   * same step, and other tabs are locked. To begin with it, every key that encrypts or signs gets a new primary version too: whoever
   * has one of both factors, and an older copy of the vault, opens that copy, and what was encrypted until now.
   *
   * @throws LastFactorError without a factor of either kind, or without recovery; ThisDeviceError while a device opens the vault;
   *   SecondFactorError; WrongFactorError; ArgumentError for what the vault takes already
   */
  async require(kinds: RequiredKinds | undefined, options: RequireFactorsOptions): Promise<void> {
    const { factor, reason, ...watching } = optionsOf(options, REQUIRE_FACTORS);
    const requires = kinds === undefined ? undefined : requiredKinds(kinds);
    throwIfAborted(watching.signal);
    const connection = this.#use();
    const require = (present: WireFactor): Promise<RotatedVaultKey> =>
      watched(connection, watching, (watch) => connection.peer.call("requireFactors", requires, present, reason, watch));
    await presented(connection, [encodePresented(factor)], watching.signal, require);
  }

  /**
   * Adds a factor: it opens the vault from now on, and all that is in it. Other tabs stay unlocked. A vault has 32 at most. An
   * abort before the vault is written to changes nothing.
   *
   * @example
   * await vault.factors.add(passphrase(second), { factor: passphrase(first), name: "in the safe" });
   *
   * @throws WrongFactorError when `factor` does not open the vault; WeakPassphraseError; ArgumentError when both are the same;
   *   TooLargeError for more than 32; PasskeyError; ThisDeviceError; PersonNeededError when `factor` is a device
   */
  async add(added: NewFactor, options: AddFactorOptions): Promise<FactorInfo> {
    const { factor, name, reason, signal } = optionsOf(options, ADD_FACTOR);
    throwIfAborted(signal);
    const connection = this.#use();
    checkNewFactor(added, this.#vault);
    const add = (present: WireFactor, fresh: WireFactor): Promise<WireFactorInfo> =>
      watched(connection, { signal }, (watch) => connection.peer.call("addFactor", present, fresh, name, reason, watch));
    return factorInfo(await presented(connection, encodeBoth(factor, added), signal, add));
  }

  /** Gives a factor another name, or none. @throws NoFactorError */
  async rename(id: string, name: string | undefined, options?: ReasonOptions): Promise<FactorInfo> {
    const { reason } = optionsOf(options, REASON);
    const given = name === undefined ? name : nonEmpty(name, "name");
    return factorInfo(await this.#use().peer.call("renameFactor", nonEmpty(id, "a factor's id"), given, reason));
  }

  /**
   * Tries a factor, while the vault is open, and notes the date: whether what lies in a safe still opens this vault, before it is
   * needed. Nothing else changes, but that the factor knows the vault's identity from then on, as after an unlock.
   *
   * @example
   * const { rehearsedAt } = await vault.factors.rehearse(recoveryKit(typed));
   *
   * @throws WrongFactorError when it does not open the vault; RecoveryWordsError for words that are no kit; NoFactorError
   */
  async rehearse(factor: PresentedFactor, options: AbortOptions = {}): Promise<FactorInfo> {
    const { signal } = optionsOf(options, ABORT);
    throwIfAborted(signal);
    const connection = this.#use();
    const rehearse = (present: WireFactor): Promise<WireFactorInfo> =>
      watched(connection, { signal }, (watch) => connection.peer.call("rehearseFactor", present, watch));
    return factorInfo(await presented(connection, [encodePresented(factor)], signal, rehearse));
  }

  /**
   * A new kit of this vault as a page to print: a whole HTML document, without scripts, which loads nothing. It has the words, their
   * QR code, the vault's name and what to do with it, on one sheet of A4 or Letter. It is as secret as the words. A kit that does
   * not open the vault is not printed.
   *
   * @example
   * const kit = await newRecoveryKit();
   * await vault.factors.add(kit, { factor: passphrase(typed), name: "in the safe" });
   * frame.srcdoc = await vault.factors.printable(kit);
   *
   * @throws WrongFactorError, NoFactorError for a kit that the vault does not have; ArgumentError for words that were typed
   */
  async printable(kit: RecoveryKit, options?: PrintableKitOptions): Promise<string>;
  /**
   * New recovery shares of this vault as pages to print, one for each: give each person theirs alone. Otherwise as for a kit.
   *
   * @example
   * const shares = await splitRecovery({ threshold: 2, shares: 3 });
   * await vault.factors.add(shares, { factor: passphrase(typed), name: "with the family" });
   * const [hers, his, theirs] = await vault.factors.printable(shares);
   *
   * @throws WrongFactorError, NoFactorError for shares that the vault does not have; ArgumentError for words that were typed
   */
  async printable(shares: RecoveryShares, options?: PrintableSharesOptions): Promise<readonly string[]>;
  async printable(paper: RecoveryKit | RecoveryShares, options: PrintableSharesOptions = {}): Promise<string | readonly string[]> {
    const { signal, texts } = optionsOf(options, PRINTABLE);
    if (isRecoveryKit(paper)) {
      const words = paper.newWords();
      const { pageWith } = await loadLazily(() => import("./kit-page.js"), DRAWS_KITS);
      const write = pageWith(texts);
      return write({ ...(await this.#printed(paper, signal)), words });
    }
    if (!isRecoveryShares(paper)) throw new ArgumentError("not on paper; make a kit by newRecoveryKit(), or shares by splitRecovery()");
    const mnemonics = paper.newMnemonics();
    const { sharePagesWith } = await loadLazily(() => import("./share-page.js"), DRAWS_KITS);
    const write = sharePagesWith(texts);
    const printed = await this.#printed(paper, signal);
    return frozen(await write({ ...printed, ...printed.shares!, mnemonics }));
  }

  /** What a page says of a paper, which opens this vault now. */
  async #printed(paper: RecoveryKit | RecoveryShares, signal: AbortSignal | undefined) {
    throwIfAborted(signal);
    const connection = this.#use();
    const identify = (present: WireFactor): Promise<IdentifiedFactor> => connection.peer.call("identifyFactor", present);
    const { factor, generation } = await presented(connection, [encodeFactor(paper)], signal, identify);
    const { id, name, shares } = factor;
    return { vault: this.#vault, name, id, shares, generation, date: new Date() };
  }

  /**
   * Puts a factor in the place of another: so a passphrase is changed. The vault gets a new key in the same step, which the
   * old factor does not open, and other tabs are locked. Who has the old one and an older copy of the vault, a backup for
   * instance, still opens that copy.
   *
   * @example
   * const [mine] = await vault.factors.list();
   * await vault.factors.replace(mine.id, passphrase(next), { factor: passphrase(now) });
   *
   * @throws WrongFactorError when `factor` does not open the vault; WeakPassphraseError; ArgumentError when both are the same;
   *   NoFactorError; PasskeyError; LastFactorError for a passkey in the place of the last factor that is none
   */
  async replace(id: string, added: NewFactor, options: ReplaceFactorOptions): Promise<FactorInfo> {
    const { factor, name, reason, signalUnknownCredential, ...watching } = optionsOf(options, REPLACE_FACTOR);
    const old = nonEmpty(id, "a factor's id");
    throwIfAborted(watching.signal);
    const connection = this.#use();
    checkNewFactor(added, this.#vault);
    const replace = (present: WireFactor, fresh: WireFactor): Promise<WireFactorInfo> =>
      watched(connection, watching, (watch) => connection.peer.call("replaceFactor", old, present, fresh, name, reason, watch));
    const gone = signalUnknownCredential ? await this.#passkey(old) : undefined;
    const info = await presented(connection, encodeBoth(factor, added), watching.signal, replace);
    if (gone) void signalUnknown(gone);
    return factorInfo(info);
  }

  /**
   * Takes a factor away: what it was, opens the vault no more. The vault gets a new key in the same step, and other tabs are
   * locked. Who has the factor and an older copy of the vault, a backup for instance, still opens that copy, and can make
   * objects that look like this vault's, and an older state of the vault. Where that may be, pass `compromised`: it marks every
   * version of every key as compromised, so that what it opens is `unsigned`, gives each key that encrypts a new version, and the
   * vault a new identity, all in one step. `factor`, which must be another one, knows that identity at once; the `remaining` ones
   * are to be presented once. A recovery kit, or recovery shares, are replaced in the same step, by `kit`. Keys of the session stay.
   *
   * @example
   * const kit = await newRecoveryKit();
   * await writeDown(kit.words);
   * const done = await vault.factors.revoke(lost.id, { factor: passphrase(mine), compromised: true, kit });
   * await keepElsewhere(done.identity);
   *
   * @throws LastFactorError when nothing else opens the vault, or passkeys, devices and escrows alone; WrongFactorError when `factor` does not; NoFactorError
   */
  async revoke(id: string, options: RevokeFactorOptions & { compromised: true }): Promise<CompromisedFactorReport>;
  async revoke(id: string, options: RevokeFactorOptions & { compromised?: false | undefined }): Promise<void>;
  async revoke(id: string, options: RevokeFactorOptions): Promise<CompromisedFactorReport | void>;
  async revoke(id: string, options: RevokeFactorOptions): Promise<CompromisedFactorReport | void> {
    const { factor, compromised, keep, kit, reason, signalUnknownCredential, ...watching } = optionsOf(options, REVOKE_FACTOR);
    const revoked = nonEmpty(id, "a factor's id");
    throwIfAborted(watching.signal);
    const connection = this.#use();
    const gone = signalUnknownCredential ? await this.#passkey(revoked) : undefined;
    if (!compromised) {
      if (keep !== undefined || kit !== undefined) throw new ArgumentError("keep and kit are for a factor that is revoked as compromised");
      const revoke = (present: WireFactor): Promise<RotatedVaultKey> =>
        watched(connection, watching, (watch) => connection.peer.call("revokeFactor", revoked, present, reason, watch));
      await presented(connection, [encodePresented(factor)], watching.signal, revoke);
      if (gone) void signalUnknown(gone);
      return;
    }
    const kept = keep === undefined ? undefined : idsOf(keep);
    if (kit !== undefined) {
      if (!isRecoveryKit(kit) && !isRecoveryShares(kit)) {
        throw new ArgumentError("kit must be a recovery kit or shares; make it by newRecoveryKit() or splitRecovery()");
      }
      checkNewFactor(kit, this.#vault);
    }
    const renew = (present: WireFactor, fresh?: WireFactor): Promise<WireCompromisedFactor> =>
      watched(connection, watching, (watch) =>
        connection.peer.call("revokeCompromisedFactor", revoked, present, { keep: kept, kit: fresh }, reason, watch),
      );
    const { signal } = watching;
    const done = kit
      ? await presented(connection, encodeBoth(factor, kit), signal, renew)
      : await presented(connection, [encodePresented(factor)], signal, renew);
    this.#renewed(done.identity);
    if (gone) void signalUnknown(gone);
    return frozen({ ...done, remaining: frozen(done.remaining.map(factorInfo)) });
  }

  async #passkey(id: string): Promise<PasskeyInfo | undefined> {
    const { factors } = await this.#use().peer.call("listFactors");
    return factors.find((factor) => factor.id === id)?.passkey;
  }
}

function idsOf(keep: readonly string[]): string[] {
  if (!Array.isArray(keep)) throw new ArgumentError("keep must be an array of factors' ids");
  return keep.map((kept) => nonEmpty(kept, "a factor's id"));
}

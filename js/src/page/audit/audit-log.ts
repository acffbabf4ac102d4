/** A vault's audit log. */
import { abortable, throwIfAborted } from "../../shared/async.js";
import type { Bytes } from "../../shared/bytes.js";
import { ArgumentError } from "../../shared/errors/index.js";
import type {
  AuditCheckpoint,
  AuditCutting,
  AuditEntry,
  AuditPage,
  AuditProof,
  AuditState,
  AuditVerification,
  AuditWitnessing,
  AuditWitnessRequest,
  OfLog,
} from "../../shared/model/audit-entry.js";
import type { KeyReference } from "../../shared/model/key-info.js";
import type { ReasonOptions } from "../../shared/model/key-policy.js";
import type { AbortOptions } from "../../shared/model/progress.js";
import type { AuditRequest } from "../../shared/protocol/vault-calls.js";
import { ABORT, check, type Checks, optionsOf, REASON, WATCH } from "../../shared/options.js";
import { frozen, plainCopy } from "../../shared/text.js";
import { keyName } from "../keys/key-reference.js";
import type { UseEngine } from "../runtime/connection.js";
import type { AuditSend, AuditShipOptions } from "./audit-batch.js";
import { AUDIT_QUERY, queriedContext, type AuditQuery } from "./audit-query.js";
import { checkFormat, exportStream, type AuditExportOptions } from "./log-export.js";
import { beginShipment, receiverAddress } from "./log-shipping.js";
import type { AuditShipment } from "./shipment.js";
import { ShippedPlaces, type ShippingStanding } from "./shipped-places.js";
import {
  boundedMessage,
  COSIGNATURE,
  WITNESS,
  WITNESS_REQUEST,
  witnessKeys,
  type AuditCosignature,
  type AuditWitnessOptions,
  type AuditWitnessRequestOptions,
} from "./witness-options.js";
import { addressDigest, cursorName, cursorsOf, forgetCursor } from "./shipping-cursors.js";

/** Which entries, and how many of them. */
export interface AuditPageQuery extends AuditQuery {
  /** `next` of the page before. */
  before?: number | undefined;
  /** At most so many, 1 to 1,000; 100 unless given. */
  limit?: number | undefined;
}

/** How a log is written. */
export interface AuditStartOptions extends ReasonOptions {
  /**
   * `true`: nothing is done whose entry cannot be written: each use of a key then takes a transaction of IndexedDB. `false`: uses that
   * change nothing are done, and their entries wait, as in a log that was never told. Unless it is given, that stays as it is.
   */
  failClosed?: boolean | undefined;
  /**
   * How long entries are kept at least, as an ISO 8601 duration (`P1Y`): `cut` takes none that is younger. `PT0S` takes that away; unless it is
   * given, it stays as it is.
   */
  retain?: string | undefined;
}

/** Which entries are cut. */
export interface AuditCutOptions extends ReasonOptions {
  /** Those before then, as a `Date` or in milliseconds since 1970. */
  before: Date | number;
}

/** A destination that the log is not shipped to any more: its URL, or the `name` that it was shipped by. */
export interface AuditDestination {
  url?: string | URL | undefined;
  name?: string | undefined;
}

/** What a log is held against. */
export interface AuditVerifyOptions extends OfLog, AbortOptions {
  /** The `note` of a checkpoint that was kept outside the browser: its log is the one that is verified. */
  lastCheckpoint?: string | undefined;
  /** The public keys of witnesses, 32 at the most: the log is held against what each has cosigned, by `addCosignature` and in `lastCheckpoint`. */
  witnesses?: readonly string[] | undefined;
}

const AUDIT_PAGE_QUERY = { ...AUDIT_QUERY, before: check.number, limit: check.number } satisfies Checks<AuditPageQuery>;
const AUDIT_EXPORT = { ...AUDIT_QUERY, ...WATCH, format: checkFormat, reasons: check.flag } satisfies Checks<AuditExportOptions>;
const START = { ...REASON, failClosed: check.flag, retain: check.name } satisfies Checks<AuditStartOptions>;
const CUT = { ...REASON, before: check.any } satisfies Checks<AuditCutOptions>;
const DESTINATION = { url: check.any, name: check.name } satisfies Checks<AuditDestination>;
const OF_LOG = { log: check.name } satisfies Checks<OfLog>;
const VERIFY_LOG = { ...OF_LOG, lastCheckpoint: check.text, witnesses: witnessKeys, ...ABORT } satisfies Checks<AuditVerifyOptions>;

/** Entries of a page that is read for `each`. */
const ENTRIES_AT_ONCE = 1000;

/**
 * What was done with a vault's keys, on this device: each use, change and refusal is an entry, encrypted, in a Merkle tree
 * that the vault accounts for. What changes the vault, and an export, is written together with its entry; other uses wait for up
 * to two seconds, and a tab that is killed loses those.
 */
export class AuditLog {
  readonly #places = new ShippedPlaces();
  readonly #use: UseEngine;
  readonly #vault: { readonly id: string; readonly name: string };

  /** @internal */
  constructor(use: UseEngine, vault: { readonly id: string; readonly name: string }) {
    this.#use = use;
    this.#vault = vault;
  }

  /**
   * Writes a log from now on, until it is stopped, in all tabs. One that was stopped goes on as it was written, but for what the options
   * say otherwise; so does one that is written.
   */
  async start(options?: AuditStartOptions): Promise<void> {
    const { failClosed, retain, reason } = optionsOf(options, START);
    await this.#use().peer.call("startAudit", failClosed, retain, reason);
  }

  /** Writes no more entries. That it was stopped is the last one; what the log has stays. */
  async stop(options?: ReasonOptions): Promise<void> {
    const { reason } = optionsOf(options, REASON);
    await this.#use().peer.call("stopAudit", reason);
  }

  /**
   * Deletes entries of before a time: the first ones of the log that is written, and logs before it that end by then. What was cut is an entry of
   * the log, with the hashes that lead from it to the rest and a signed checkpoint of what the log was: the entries that are left
   * are proven, and verified, as before. Entries are cut as far as a row of the store ends, of 64 at the most, and no further than each destination that the log is
   * shipped to (`ship`) has acknowledged, nor any that is younger than `retain` says: `held` tells of that.
   *
   * @example
   * const year = 365 * 24 * 60 * 60 * 1000;
   * const { entries, first, held } = await vault.audit.cut({ before: Date.now() - year, reason: "retention" });
   *
   * @throws ArgumentError; IntegrityError where entries that would go are not those that the vault accounts for; StorageError where the browser's
   * database does not say what was shipped; ConflictError where other tabs cut the log at the same time, again and again
   */
  async cut(options: AuditCutOptions): Promise<AuditCutting> {
    const { before, reason } = optionsOf<AuditCutOptions>(options, CUT);
    const time = before instanceof Date ? before.getTime() : before;
    if (!Number.isSafeInteger(time) || time < 0) throw new ArgumentError("before must be a Date, or milliseconds since 1970");
    const shipped = await cursorsOf(this.#vault);
    return frozen(await this.#use().peer.call("cutAudit", { before: time, shipped }, reason));
  }

  /**
   * Forgets how far a destination came, that the log is not shipped to any more: what it has not acknowledged can be cut from then on. One that is
   * shipped to again gets all that there is.
   *
   * @throws ArgumentError unless exactly one of `url` and `name` is given
   */
  async forgetDestination(destination: AuditDestination): Promise<void> {
    const { url, name } = optionsOf<AuditDestination>(destination, DESTINATION);
    if ((url === undefined) === (name === undefined)) throw new ArgumentError("a destination is its url, or its name");
    const place = url === undefined ? name : await addressDigest(receiverAddress(url));
    await forgetCursor(cursorName(this.#vault, place as string));
  }

  /** How the log stands; `undefined` where its first entry could not be written yet. */
  async state(): Promise<AuditState | undefined> {
    const { state } = await this.#use().peer.call("auditState");
    return state && frozen(state);
  }

  /** Writes the entries that wait. */
  async flush(): Promise<void> {
    await this.#use().peer.call("flushAudit");
  }

  /**
   * Some entries, the latest first.
   *
   * @throws ArgumentError for a vault that has no entry yet; IntegrityError where entries that it looks at were changed or are missing
   */
  async page(query?: AuditPageQuery): Promise<AuditPage> {
    const { key, context, signal, ...rest } = optionsOf<AuditPageQuery>(query, AUDIT_PAGE_QUERY);
    const text = queriedContext(context);
    const id = key === undefined ? undefined : await this.#keyId(key);
    const asked = plainCopy({ ...rest, key: id, context: text });
    return frozen(await abortable(signal, () => this.#use().peer.call("queryAudit", asked)));
  }

  /** Entries one after the other, the latest first: `for await (const entry of vault.audit.each({ key: "photos" }))`. */
  async *each(query?: AuditQuery): AsyncGenerator<AuditEntry, void, undefined> {
    const wanted = optionsOf<AuditQuery>(query, AUDIT_QUERY);
    for (let before: number | undefined; ; ) {
      const { entries, next } = await this.page({ ...wanted, before, limit: ENTRIES_AT_ONCE });
      for (const entry of entries) {
        throwIfAborted(wanted.signal);
        yield entry;
      }
      if (next === undefined) return;
      before = next;
    }
  }

  /**
   * The log as a file for other systems, the earliest entry first: lines in chunks, each read when it is asked for. Nothing is held as a
   * whole. What is written meanwhile is in it, as far as it is there when the end is reached.
   *
   * It names keys, objects and factors by their ids, and leaves out the reasons that were given unless `reasons` is `true`. In `csv`, what a
   * spreadsheet would run has an apostrophe before it, also after a `;`, a tab and the end of a line within a reason.
   *
   * @example
   * const lines = vault.audit.export({ format: "ocsf", from: Date.parse("2026-01-01") });
   * await lines.pipeTo(file);
   *
   * @throws ArgumentError; the stream fails with ArgumentError for a vault that has no entry yet, IntegrityError where entries were changed or are
   * missing, LockedError, and AbortedError
   */
  export(options: AuditExportOptions): ReadableStream<Bytes> {
    const { key, context, format, reasons = false, signal, onProgress, ...rest } = optionsOf<AuditExportOptions>(options, AUDIT_EXPORT);
    checkFormat(format, "format");
    const text = queriedContext(context);
    const request = async (): Promise<AuditRequest> =>
      plainCopy({ ...rest, key: key === undefined ? undefined : await this.#keyId(key), context: text });
    return exportStream(this.#use, { vault: this.#vault.id, format, reasons, options: { signal, onProgress }, request });
  }

  /**
   * Sends the log to a receiver, now and from now on: entries in batches, the hashes of their leaves, and a signed checkpoint, by which the
   * receiver tells whether they are all there, and are those that the log has. Each entry is sent at least once. How far it came is kept in
   * the browser, for each destination; of several tabs one ships. What fails is tried again after a pause that grows to five minutes, or that
   * `Retry-After` asks for, if that is longer; a 4xx ends it with `TransferError`, and so does a lock with `LockedError`: ship again after the next unlock.
   *
   * A URL gets each batch as JSON by a POST; an `AuditSend` is called with it. Neither gets a name, and a reason only where `reasons` is `true`.
   *
   * @param destination a URL of http or https, or a function that sends a batch
   *
   * @example
   * const shipment = await vault.audit.ship("https://collector.example/audit", { headers: { authorization } });
   * const { shipped, behind, lastError } = shipment.state;
   *
   * @throws ArgumentError; UnsupportedError where the script that ships does not load
   */
  async ship(destination: string | URL | AuditSend, options?: AuditShipOptions): Promise<AuditShipment> {
    const shipment = await beginShipment(this.#use, this.#vault, destination, options);
    this.#places.add(destination, shipment);
    return shipment;
  }

  /** How this page ships the log to a URL. @internal */
  shippingTo(url: string): ShippingStanding {
    return this.#places.standing(url);
  }

  /**
   * Reads a whole log, and says whether it is what the vault accounts for, and where it is not. With the `note` of a checkpoint
   * that was kept elsewhere, it tells a log that was set back together with its vault too. A log that another one came after is held
   * against what that one's first entry says. `witnesses` are held against it as well: `witnessed` says what each has cosigned.
   *
   * @example
   * const { fault, intact } = await vault.audit.verify({ lastCheckpoint: kept });
   * if (fault) alarm(`The log is not whole (${fault}); its first ${intact} entries are.`);
   *
   * @throws ArgumentError for a vault that has no entry yet, and for a checkpoint of none of its logs; DecryptError for one that was changed; WitnessError
   * (`future`) for one whose cosignature is more than five minutes ahead
   */
  async verify(options?: AuditVerifyOptions): Promise<AuditVerification> {
    const { lastCheckpoint, log, witnesses = [], signal } = optionsOf(options, VERIFY_LOG);
    return frozen(await abortable(signal, () => this.#use().peer.call("verifyAudit", lastCheckpoint, log, [...witnesses])));
  }

  /** The log's tree as it is now, signed by the log's key, and those that witnesses have cosigned. Entries that wait are written first. */
  async checkpoint(): Promise<AuditCheckpoint> {
    return frozen(await this.#use().peer.call("auditCheckpoint"));
  }

  /**
   * An entry, with the proof that it is in the log: whoever has the verifier's key needs nothing else.
   *
   * @param sequence the entry's number
   * @throws ArgumentError for an entry that the log has not; IntegrityError where it, or what leads from it to the log's hash, is missing or was changed
   */
  async prove(sequence: number, options?: OfLog): Promise<AuditProof> {
    const { log } = optionsOf(options, OF_LOG);
    return frozen(await this.#use().peer.call("proveEntry", sequence, log));
  }

  /**
   * What a witness is sent to cosign this log as it is now: an `add-checkpoint` request of C2SP's `tlog-witness`. A witness that has seen more answers 409 with
   * its size, or is a vault that rejects with `WitnessError`: ask again with that as `since`.
   *
   * @example
   * const { request, note } = await vault.audit.witnessRequest({ since: 0 });
   * const answer = await fetch(`${url}/add-checkpoint`, { method: "POST", body: request });
   * if (answer.ok) await vault.audit.addCosignature({ note, cosignature: await answer.text(), witness });
   *
   * @throws WitnessError (`smaller`) where the log has fewer entries than `since`: it was set back, or the witness is wrong; ArgumentError where entries of
   * then were cut
   */
  async witnessRequest(options?: AuditWitnessRequestOptions): Promise<AuditWitnessRequest> {
    const { since = 0, log } = optionsOf(options, WITNESS_REQUEST);
    return frozen(await this.#use().peer.call("witnessRequest", since, log));
  }

  /**
   * Keeps the last cosignature of a witness, which `checkpoint` shows and `verify` holds the log against from then on. One of fewer entries than an earlier one
   * of the same witness changes nothing. Up to 32 are kept, and one more takes the place of the one that was kept first; no backup restores them.
   *
   * @throws DecryptError where that witness has not cosigned that checkpoint, or the log has not signed it; WitnessError where the log does not continue it
   * (`smaller`, `forked`), or where its time is more than five minutes ahead (`future`); ArgumentError; MalformedError; TooLargeError
   */
  async addCosignature(given: AuditCosignature): Promise<void> {
    const { note, cosignature, witness } = optionsOf<AuditCosignature>(given, COSIGNATURE);
    await this.#use().peer.call("addCosignature", boundedMessage(note, "note"), boundedMessage(cosignature, "cosignature"), witness);
  }

  /**
   * The public key by which this vault on this device is a witness: give it to the owner of each log that it is to cosign. A copy of the vault on another device
   * has another one, and so has one that was restored, or whose compromised factor was revoked.
   */
  async witnessKey(): Promise<string> {
    return this.#use().peer.call("witnessKey");
  }

  /**
   * Cosigns a checkpoint of another log, of another device of this vault or of somebody else's vault, if it continues what this vault has seen of that log. What
   * it has seen is stored before it answers: 64 logs at the most. The first time it believes what it is shown, and says so: `before` is absent.
   *
   * @param request what the log's owner has from `witnessRequest`
   *
   * @example
   * const { cosignature, before } = await vault.audit.witness(request, { verifier });
   *
   * @throws WitnessError: after `size`, the request is to be made from `error.size` on; `smaller`, `forked` and `proof` tell that the log was set back or
   * changed, or that something older was sent again; `unknown-log` where another key signed it. MalformedError; TooLargeError beyond 264 KiB or 64 logs; ArgumentError for a log that this
   * vault writes itself, or wrote
   */
  async witness(request: string, options: AuditWitnessOptions): Promise<AuditWitnessing> {
    const { verifier } = optionsOf<AuditWitnessOptions>(options, WITNESS);
    const text = boundedMessage(check.name(request, "request"), "request");
    return frozen(await this.#use().peer.call("witnessLog", text, verifier));
  }

  /** An entry names keys by their ids: an alias may be another key's tomorrow. */
  async #keyId(key: KeyReference): Promise<string> {
    const { id } = await this.#use().peer.call("findKey", keyName(key));
    return id;
  }
}

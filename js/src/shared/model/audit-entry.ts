/** The audit log: what an entry says, and what proves it. */

/** A key that an entry names. */
export interface AuditedKey {
  /** Its id. */
  readonly key: string;
  /** The version's id, where one was used. */
  readonly version?: string;
  /** How often that version was used. */
  readonly uses?: number;
}

/** The log that came before another one, as it was left. */
export interface PrecedingLog {
  /** Its id. */
  readonly log: string;
  /** How many entries it has. */
  readonly size: number;
  /** The hash of its tree, in base64. */
  readonly root: string;
  /** The id of the device that wrote it. Earlier builds noted it where its first entry was cut. */
  readonly device?: string;
  /** What was cut of it. */
  readonly cut?: AuditTree & AuditCut;
}

/** Entries at the beginning of a log that were taken away: `vault.audit.cut`. */
export interface AuditCut {
  /** How many; so the number of the first entry that is there. */
  readonly size: number;
  /** The number of the entry that says so. */
  readonly entry: number;
  /** When, in milliseconds since 1970. */
  readonly at: number;
}

/** A Merkle tree of RFC 6962, by as little as it can be continued with. */
export interface AuditTree {
  /** How many entries it has. */
  readonly size: number;
  /** The hashes of the perfect trees that it consists of, the largest first, in base64: one for each bit of the size that is set. */
  readonly roots: readonly string[];
}

/** What the entry of a `cutAudit` says. */
export interface AuditEntryCut extends AuditTree {
  /** The log's tree as it was before, signed (C2SP `tlog-checkpoint`). */
  readonly note: string;
  /** The logs that the vault had before, and that went with them, the latest first. */
  readonly logs?: readonly PrecedingLog[];
}

/** What was cut, and what was not. */
export interface AuditCutting {
  /** The id of the log that is written. */
  readonly log: string;
  /** The number of its first entry now. */
  readonly first: number;
  /** How many entries were taken away, those of logs before it among them. */
  readonly entries: number;
  /** How many logs that the vault had before went as a whole. */
  readonly logs: number;
  /**
   * Why it was not more: entries are younger than the log's `retain` (`retention`), or a receiver has not acknowledged them (`shipping`).
   * Absent where nothing held it back.
   */
  readonly held?: "retention" | "shipping";
}

/** What the first entry of a log says. */
export interface AuditLogBeginning {
  /** The log's id. */
  readonly log: string;
  /** The id of the device that writes it. */
  readonly device: string;
  /** The log that the vault had before, such as that of the vault that a copy was restored from. */
  readonly after?: PrecedingLog;
}

/** What was done, or was refused. */
export interface AuditEntry {
  /** Its number in the log, counted from 0. */
  readonly sequence: number;
  /** When it began, in milliseconds since 1970, by this device's clock. */
  readonly at: number;
  /** The operation: `encrypt`, `decrypt`, `createKey`, `setPolicy`, `exportKey`, `backup`, … */
  readonly operation: string;
  /** The code of the error that it ended with, such as `ERR_POLICY`; absent where it was done. */
  readonly error?: string;
  /** The rule of the key's policy that refused it. */
  readonly rule?: string;
  /** The `reason` that it was asked for with. */
  readonly reason?: string;
  /** Who approved it, by the thumbprints of their keys. */
  readonly approvers?: readonly string[];
  /** The keys that it used, changed or asked for. */
  readonly keys: readonly AuditedKey[];
  /** At least how many keys it used, changed or asked for besides: an entry names a thousand. */
  readonly more?: number;
  /**
   * The id of the object that it was about. Where opening it failed, or it was only rewrapped, the header said so: nobody has proven
   * that it is that object's.
   */
  readonly object?: string;
  /**
   * The encryption contexts of what was used, each once, as 22 characters: the same in this log wherever the same context was given, and
   * nothing that tells the context to others. `page({ context })` finds the entries of one.
   */
  readonly contexts?: readonly string[];
  /** How many contexts it had besides: an entry has a thousand. */
  readonly moreContexts?: number;
  /** The id of the factor that it was about: that unlocked the vault, or was added, replaced or revoked. */
  readonly factor?: string;
  /**
   * Of `failUnlock`: how many attempts to unlock the vault had failed before it was unlocked. Of `askKms`: how often attempts that failed had asked a key
   * management service before, 1,000 at most. No key was there to prove them: who can write to the browser's storage can have made them up, or
   * taken them away.
   */
  readonly failed?: number;
  /** How many entries before this one could not be written, and are not there. */
  readonly lost?: number;
  /** Of the first entry of a log. */
  readonly begins?: AuditLogBeginning;
  /** Of `cutAudit`. */
  readonly cut?: AuditEntryCut;
}

/** Which log. */
export interface OfLog {
  /** The id of one that the vault had before, as `begins.after` of a log's first entry has it; the one that is written unless it is given. */
  log?: string | undefined;
}

/** Which entries: all, where nothing is said. */
export interface AuditFilter {
  /** The operation's name. */
  operation?: string | undefined;
  /** The code of the error that they ended with. */
  error?: string | undefined;
  /** `true`: only what was done. */
  done?: boolean | undefined;
  /** Not before then, in milliseconds since 1970. */
  from?: number | undefined;
  /** Before then, in milliseconds since 1970. */
  to?: number | undefined;
}

/** Some entries, the latest first. */
export interface AuditPage {
  readonly entries: readonly AuditEntry[];
  /** What to ask for the next page with, as `before`; absent on the last page. */
  readonly next?: number;
  /** The number of the first entry that the log has: 0, unless those before it were cut. */
  readonly first: number;
}

/** How a vault's audit log stands. */
export interface AuditState {
  /** The log's id. */
  readonly log: string;
  /** The id of the device that writes it. */
  readonly device: string;
  /** How many entries it has. */
  readonly size: number;
  /** How many entries wait in memory; two seconds at the most, unless the store takes nothing. */
  readonly waiting: number;
  /** Whether nothing is appended any more. */
  readonly stopped: boolean;
  /** Whether nothing is done whose entry cannot be written. */
  readonly failClosed: boolean;
  /** The first entries, where they were cut. */
  readonly cut?: AuditCut;
  /** Milliseconds for which no entry is cut. */
  readonly retain?: number;
}

/** A log's tree, signed (C2SP `tlog-checkpoint`). */
export interface AuditCheckpoint {
  /** How many entries the tree has. */
  readonly size: number;
  /** Its hash, in base64. */
  readonly root: string;
  /** The signed note. Keep it outside the browser: `verify` tells whether the log continues it. */
  readonly note: string;
  /** The public key that verifies the note, as C2SP `signed-note` writes one. */
  readonly verifier: string;
  /** A JWS (`typ`: `sr-audit+jws`) in which the vault's identity says whose key that is. */
  readonly certificate: string;
  /** The checkpoints of this log that witnesses have cosigned, as far as their cosignatures were added here, the largest first; absent where there are none. */
  readonly cosigned?: readonly AuditCosigned[];
}

/** A checkpoint with its cosignatures (C2SP `tlog-cosignature`). */
export interface AuditCosigned {
  /** How many entries the tree has. */
  readonly size: number;
  /** Its hash, in base64. */
  readonly root: string;
  /** The note, signed by the log and cosigned. Keep it outside the browser: `verify` takes it as `lastCheckpoint`. */
  readonly note: string;
  /** Who cosigned it. */
  readonly by: readonly AuditCosigner[];
}

/** A witness, and when it cosigned a checkpoint. */
export interface AuditCosigner {
  /** Its public key, as C2SP `signed-note` writes one. */
  readonly witness: string;
  /** By the witness's clock, in milliseconds since 1970: whole seconds. */
  readonly at: number;
}

/** What a witness is asked (C2SP `tlog-witness`). */
export interface AuditWitnessRequest {
  /** The body of the POST to `<witness>/add-checkpoint`. */
  readonly request: string;
  /** The checkpoint that it is to cosign, for `addCosignature`. */
  readonly note: string;
  /** How many entries that has. */
  readonly size: number;
  /** Its tree's hash, in base64. */
  readonly root: string;
  /** The log's public key, which the witness must trust. */
  readonly verifier: string;
}

/** What a vault answered as a witness. */
export interface AuditWitnessing {
  /** The line that goes below the note, with its end: the body of a witness's answer. */
  readonly cosignature: string;
  /** The log's name, the first line of its checkpoints. */
  readonly origin: string;
  /** How many of its entries were cosigned. */
  readonly size: number;
  /** The hash of their tree, in base64. */
  readonly root: string;
  /**
   * How many it had cosigned before. Absent where this vault on this device knew none: so it is of a log that is new to it, and of all logs once the vault was
   * restored.
   */
  readonly before?: number;
}

/** What a witness is known to have cosigned of a log. */
export interface AuditWitnessed {
  /** The witness's public key, as it was named. */
  readonly witness: string;
  /** How many entries its last checkpoint has; absent where no cosignature of it is known. */
  readonly size?: number;
  /** The hash of their tree, in base64. */
  readonly root?: string;
  /** When it was cosigned, by the witness's clock, in milliseconds since 1970. */
  readonly at?: number;
  /** Where the log does not continue that checkpoint. */
  readonly fault?: "rolled-back" | "forked";
  /** `true` where entries of then were cut, so that the log was not held against it. */
  readonly cut?: boolean;
}

/**
 * What is wrong with a log. `entries`: from the entry with the number `intact` on, some were changed, moved or taken away. `tree`:
 * entries of other commits stand among them. `rolled-back`: it has fewer entries than the checkpoint that was kept, or than a
 * named witness has cosigned. `forked`: it has others.
 */
export type AuditFault = "entries" | "tree" | "rolled-back" | "forked";

/** What a verification found. */
export interface AuditVerification {
  /** The id of the log that was verified. */
  readonly log: string;
  /** How many entries the vault accounts for. */
  readonly size: number;
  /** The hash of their tree, in base64. */
  readonly root: string;
  /** How many entries, from the first one on, are as they were written, as far as it can be told. */
  readonly intact: number;
  /** Absent where the log is whole. */
  readonly fault?: AuditFault;
  /** The first entries, where they were cut: nothing tells of them but their tree's hashes. */
  readonly cut?: AuditCut;
  /** What the `witnesses` that were named have cosigned, in their order; absent where none were. */
  readonly witnessed?: readonly AuditWitnessed[];
}

/** An entry, and the proof that it is in the log, for somebody who has not the vault. */
export interface AuditProof {
  /** The entry's text, byte for byte. */
  readonly entry: string;
  /** The proof (C2SP `tlog-proof`), with a signed checkpoint in it. */
  readonly proof: string;
  /** The public key that verifies the checkpoint. */
  readonly verifier: string;
  /** A JWS in which the vault's identity says whose key that is. */
  readonly certificate: string;
}

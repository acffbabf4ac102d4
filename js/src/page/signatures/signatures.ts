/** Signatures: compact JWS by one of the vault's keys. */
import { DecryptError } from "../../shared/errors/index.js";
import type { KeyReference, VersionState } from "../../shared/model/key-info.js";
import type { ReasonOptions } from "../../shared/model/key-policy.js";
import { check, type Checks, optionsOf, REASON } from "../../shared/options.js";
import { wellFormed } from "../../shared/text.js";
import { keyName } from "../keys/key-reference.js";
import type { UseEngine } from "../runtime/connection.js";
import { payloadBytes, payloadOf } from "./jws-payload.js";

export interface SignOptions extends ReasonOptions {
  /** A key whose purpose is `sign`, or `mac`. */
  key: KeyReference;
  /** The JWS's `typ`; none that begins with `sr-`. */
  typ?: string | undefined;
}

export interface VerifyOptions extends ReasonOptions {
  /**
   * The key that it must be by. Otherwise any `sign` or `mac` key of the vault will do. One of the purpose `verify` is
   * somebody else's: it verifies any compact JWS of theirs (`ES256`), whose header names no key of this vault.
   */
  key?: KeyReference | undefined;
  /** The `typ` that the token must have, so that no other kind of token passes for this one. */
  expectTyp?: string | undefined;
}

/** What a signature that is right says. */
export interface Verified {
  readonly payload: Uint8Array<ArrayBuffer>;
  /** The id of the key. */
  readonly key: string;
  /** The id of the version. */
  readonly version: string;
  /** Of the version, now: after `compromised`, others may have signed. */
  readonly state: VersionState;
  readonly typ: string | undefined;
}

const SIGN = { ...REASON, key: check.any, typ: check.name } satisfies Checks<SignOptions>;
const VERIFY = { ...REASON, key: check.any, expectTyp: check.name } satisfies Checks<VerifyOptions>;

/** @internal */
export async function sign(use: UseEngine, payload: Uint8Array | string, options: SignOptions): Promise<string> {
  const { key, typ, reason } = optionsOf(options, SIGN);
  const bytes = payloadBytes(payload);
  return use().peer.call("sign", keyName(key), bytes, typ, reason);
}

/** @internal */
export async function verify(use: UseEngine, token: string, options?: VerifyOptions): Promise<Verified> {
  const { key, expectTyp, reason } = optionsOf(options, VERIFY);
  const text = wellFormed(token, "a token");
  const said = await use().peer.call("verify", text, key === undefined ? key : keyName(key), reason);
  if (expectTyp !== undefined && said.typ !== expectTyp) {
    throw new DecryptError("signed, but as another kind of token than expectTyp says");
  }
  return { typ: undefined, ...said, payload: payloadOf(text) } as Verified;
}

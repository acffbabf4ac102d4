/**
 * The ceremonies of passkeys (Web Authentication Level 3): what the engine asks of an authenticator, the page asks, since
 * Workers have no `navigator.credentials`. One ceremony is one gesture of a person.
 */
import { aborted } from "../../shared/async.js";
import { sameBytes, toBase64Url, type Bytes } from "../../shared/bytes.js";
import { InternalError, isStrongroomError, PasskeyError, WrongFactorError } from "../../shared/errors/index.js";
import { bytesIn } from "../../shared/kinds.js";
import type { PrfResult } from "../../shared/protocol/page-calls.js";
import { transfer, transferSecret } from "../../shared/rpc/transfer.js";

/** Told before each ceremony: of how many the call has, which one comes. */
export interface PasskeyCeremony {
  /** `"create"` makes a passkey, `"get"` asks for one. */
  readonly kind: "create" | "get";
  /** Counted from 1. */
  readonly step: number;
  /** 3 where a passkey is enrolled: it is made, then asked for twice. */
  readonly steps: number;
}

/** What the page has said of a passkey that it presents. */
export interface CeremonyOptions {
  readonly userName: string | undefined;
  readonly onCeremony: ((ceremony: PasskeyCeremony) => unknown) | undefined;
}

interface Presented extends CeremonyOptions {
  readonly ending: AbortController;
  step: number;
  steps: number;
}

/** A passkey is made for each of these: ES256 and Ed25519, and what Windows Hello has. Nothing is ever signed with it that counts. */
const ALGORITHMS = [-7, -8, -257] as const;

/** What authenticators without PRF say: nothing, or that it is not enabled. */
const NO_PRF =
  "the authenticator has no PRF, or this browser does not reach it; use another authenticator or browser, or another kind of factor";
const NOT_USED =
  "no passkey was used: the person or the browser cancelled, time ran out, or the passkey is not there, perhaps since it was deleted; try again, or open the vault by another factor";

const presentations = new Map<number, Presented>();
let ceremonies = 0;

/** Presents a passkey: a number by which the engine asks for it, until `endCeremonies`. @internal */
export function beginCeremonies(options: CeremonyOptions): number {
  const number = ceremonies++;
  presentations.set(number, { ...options, ending: new AbortController(), step: 0, steps: 1 });
  return number;
}

/** The call that presented it has ended: a ceremony that is under way is aborted. @internal */
export function endCeremonies(number: number): void {
  presentations.get(number)?.ending.abort();
  presentations.delete(number);
}

/** Makes a passkey: its credential's id. @throws PasskeyError @internal */
export async function createPasskey(
  number: number,
  rpId: string,
  user: Bytes,
  input: Bytes,
  exclude: readonly Bytes[],
): Promise<Bytes> {
  const passkey = presentedBy(number);
  passkey.steps = 3;
  const name = `${passkey.userName ?? ""} (encryption)`;
  const publicKey: PublicKeyCredentialCreationOptions = {
    challenge: unverified(),
    rp: { id: rpId, name: rpId },
    // Who looks through their passkeys sees by the name that deleting this one costs what it encrypts.
    user: { id: user, name, displayName: name },
    pubKeyCredParams: ALGORITHMS.map((alg) => ({ type: "public-key", alg })),
    excludeCredentials: exclude.map((id) => ({ type: "public-key", id })),
    authenticatorSelection: { residentKey: "preferred", userVerification: "required" },
    extensions: { prf: { eval: { first: input } } },
  };
  const made = await ceremony(passkey, "create", (credentials, signal) => credentials.create({ publicKey, signal }));
  const { prf } = resultsOf(made);
  // Many authenticators give a result only when they are asked for the passkey. It is not looked at.
  prf?.results?.first?.fill(0);
  // Some say only then that they have PRF at all: what they do not say is asked later.
  if (prf?.enabled === false) throw new PasskeyError(NO_PRF, { reason: "unsupported" });
  return new Uint8Array(credentialIdOf(made));
}

/** Asks for one of several passkeys, each with its own input of its PRF. @throws PasskeyError, WrongFactorError @internal */
export async function evaluatePrf(
  number: number,
  rpId: string,
  ids: readonly Bytes[],
  inputs: readonly Bytes[],
): Promise<PrfResult> {
  const passkey = presentedBy(number);
  const evalByCredential = Object.fromEntries(ids.map((id, at) => [toBase64Url(id), { first: inputs[at]! }]));
  const publicKey: PublicKeyCredentialRequestOptions = {
    challenge: unverified(),
    rpId,
    allowCredentials: ids.map((id) => ({ type: "public-key", id })),
    // Without it, an authenticator may give another secret.
    userVerification: "required",
    extensions: { prf: { evalByCredential } },
  };
  const asserted = await ceremony(passkey, "get", (credentials, signal) => credentials.get({ publicKey, signal }));
  const first = resultsOf(asserted).prf?.results?.first;
  try {
    const id = credentialIdOf(asserted);
    const which = ids.findIndex((asked) => sameBytes(asked, id));
    if (which < 0) throw new WrongFactorError("another passkey was given than the vault has");
    if (first?.byteLength !== 32) throw new PasskeyError(NO_PRF, { reason: "unsupported" });
    const output = transferSecret(first);
    return transfer({ which, output }, [output.buffer]);
  } finally {
    first?.fill(0);
  }
}

/** Has an authenticator forget a passkey that is no factor any more, where the browser passes that on. @internal */
export async function signalUnknown({ rpId, credential }: { rpId: string; credential: string }): Promise<void> {
  const { signalUnknownCredential } = (globalThis.PublicKeyCredential ?? {}) as SignalsCredentials;
  try {
    await signalUnknownCredential?.call(PublicKeyCredential, { rpId, credentialId: credential });
  } catch {
    // A hint: the passkey opens nothing either way.
  }
}

interface SignalsCredentials {
  signalUnknownCredential?: (about: { rpId: string; credentialId: string }) => Promise<void>;
}

/** 32 random bytes, as the standard asks for. Nobody verifies the signature over them: the PRF's output is what counts. */
function unverified(): Bytes {
  return crypto.getRandomValues(new Uint8Array(32));
}

function presentedBy(number: number): Presented {
  const passkey = presentations.get(number);
  if (!passkey) throw aborted(undefined);
  return passkey;
}

/** Runs one ceremony; what the browser throws is told by what a person can do about it. */
async function ceremony(
  passkey: Presented,
  kind: PasskeyCeremony["kind"],
  begin: (credentials: CredentialsContainer, signal: AbortSignal) => Promise<Credential | null>,
): Promise<PublicKeyCredential> {
  const { signal } = passkey.ending;
  const credentials = globalThis.navigator?.credentials as CredentialsContainer | undefined;
  if (typeof credentials?.[kind] !== "function") {
    throw new PasskeyError("there are no passkeys here; a page served by HTTPS has them", { reason: "unsupported" });
  }
  passkey.step++;
  await passkey.onCeremony?.({ kind, step: passkey.step, steps: passkey.steps });
  if (signal.aborted) throw aborted(undefined);
  try {
    const credential = await begin(credentials, signal);
    if (credential) return credential as PublicKeyCredential;
  } catch (error) {
    throw signal.aborted ? aborted(undefined) : toldOf(error, kind);
  }
  throw new PasskeyError(NOT_USED, { reason: "not-used" });
}

function toldOf(error: unknown, kind: PasskeyCeremony["kind"]): Error {
  if (isStrongroomError(error)) return error;
  const { name, message } = (error ?? {}) as Partial<DOMException>;
  const cause = { cause: error };
  switch (name) {
    case "NotAllowedError":
    case "AbortError":
    case "OperationError":
    case "UnknownError":
    case "NotReadableError":
    case "TimeoutError":
      return new PasskeyError(NOT_USED, { reason: "not-used", ...cause });
    case "InvalidStateError":
      // Of `get`, no browser throws it by the standard.
      if (kind === "get") return new PasskeyError(NOT_USED, { reason: "not-used", ...cause });
      return new PasskeyError("the authenticator has a passkey of this vault already; use that one, or another authenticator", {
        reason: "registered",
        ...cause,
      });
    case "SecurityError":
      return new PasskeyError(`the browser refuses passkeys of this rpId here: ${message}; see docs/factors.md`, {
        reason: "host",
        ...cause,
      });
    case "NotSupportedError":
    case "ConstraintError":
      return new PasskeyError(NO_PRF, { reason: "unsupported", ...cause });
    default:
      return new InternalError(`unexpected of passkeys: ${message ?? String(error)}`, cause);
  }
}

/** What of the extensions' results there is: browsers and password managers give bytes in several shapes. */
interface PrfResults {
  prf: { enabled: unknown; results: { first: Uint8Array | undefined } | undefined } | undefined;
}

function resultsOf(credential: PublicKeyCredential): PrfResults {
  const { prf } = (credential.getClientExtensionResults?.() ?? {}) as AuthenticationExtensionsClientOutputs;
  if (!prf) return { prf: undefined };
  const { results } = prf;
  const first = results && bytesIn(results.first, "a passkey's output");
  return { prf: { enabled: prf.enabled, results: results && { first } } };
}

function credentialIdOf({ rawId }: PublicKeyCredential): Uint8Array {
  return bytesIn(rawId, "a credential's id") ?? new Uint8Array();
}

/** Signatures of files and streams: compact JWS over their digests, by one of the vault's keys. */
import { ArgumentError } from "../../shared/errors/index.js";
import type { KeyReference } from "../../shared/model/key-info.js";
import type { ReasonOptions } from "../../shared/model/key-policy.js";
import type { OperationOptions } from "../../shared/model/progress.js";
import type { VerifiedFile } from "../../shared/model/verified-file.js";
import { check, type Checks, optionsOf, REASON, WATCH } from "../../shared/options.js";
import type { WireInput } from "../../shared/protocol/body-calls.js";
import { frozen, wellFormed } from "../../shared/text.js";
import { keyName } from "../keys/key-reference.js";
import { sourceOfCiphertext, type CiphertextInput } from "../objects/input.js";
import type { Connection, UseEngine } from "../runtime/connection.js";
import { watched } from "../runtime/watched.js";

/** `onProgress` counts bytes. An abort stops the reading, and a stream is cancelled. */
export interface SignFileOptions extends OperationOptions, ReasonOptions {
  /** A key whose purpose is `sign`, or `mac`. */
  key: KeyReference;
}

/** `onProgress` counts bytes. An abort stops the reading, and a stream is cancelled. */
export interface VerifyFileOptions extends OperationOptions, ReasonOptions {
  /** As of `vault.verify`: the key that it must be by, which may be somebody else's of the purpose `verify`. */
  key?: KeyReference | undefined;
}

const FILE = { ...WATCH, ...REASON, key: check.any } satisfies Checks<SignFileOptions & VerifyFileOptions>;

/** @internal */
export async function signFile(use: UseEngine, content: CiphertextInput, options: SignFileOptions): Promise<string> {
  const { key, reason, ...watching } = optionsOf<SignFileOptions>(options, FILE);
  const name = keyName(key);
  return read(use(), content, watching, ({ peer }, input, watch) => peer.call("signContent", input, name, reason, watch));
}

/** @internal */
export async function verifyFile(
  use: UseEngine,
  token: string,
  content: CiphertextInput,
  options?: VerifyFileOptions,
): Promise<VerifiedFile> {
  const { key, reason, ...watching } = optionsOf<VerifyFileOptions>(options, FILE);
  const [text, name] = [wellFormed(token, "a token"), key === undefined ? key : keyName(key)];
  const verified = await read(use(), content, watching, ({ peer }, input, watch) =>
    peer.call("verifyContent", text, input, name, reason, watch),
  );
  return frozen(verified);
}

/** Has the engine read a content, which comes from here as it is asked for. */
async function read<T>(
  connection: Connection,
  content: CiphertextInput,
  watching: OperationOptions,
  call: (connection: Connection, input: WireInput, watch: number | undefined) => Promise<T>,
): Promise<T> {
  if (typeof content === "string") throw new ArgumentError("the content must be bytes, a Blob, a ReadableStream or a Response");
  const source = sourceOfCiphertext(content);
  const number = connection.register(source);
  try {
    return await watched(connection, watching, (watch) => call(connection, source.wire(number), watch));
  } catch (error) {
    source.cancel?.(error);
    throw watching.signal?.aborted ? error : (source.failure ?? error);
  } finally {
    connection.forget(number);
  }
}

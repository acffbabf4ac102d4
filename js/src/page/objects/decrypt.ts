/** Decrypting: shared by vaults and by callers who keep their own keys. */
import type { OperationOptions } from "../../shared/model/progress.js";
import type { DecryptRequest } from "../../shared/protocol/body-calls.js";
import type { Connection } from "../runtime/connection.js";
import { BodyReader } from "./body-reader.js";
import { contextText } from "./context-text.js";
import { DecryptedObject } from "./decrypted-object.js";
import { headerBytes, signatureBytes } from "./header.js";
import { sourceOfCiphertext, type CiphertextInput } from "./input.js";
import type { DecryptOptions } from "./object-options.js";
import { sidecarOf } from "./sidecar-of.js";

/** @internal */
export async function decryptFrom(
  from: DecryptRequest["from"],
  input: CiphertextInput,
  options: DecryptOptions,
  connection: Connection,
): Promise<DecryptedObject> {
  const request = decryptRequest(from, options);
  const source = sourceOfCiphertext(input);
  const reader = new BodyReader(connection, source, options);
  const opened = await reader.begin((number) =>
    connection.peer.call("decrypt", number, source.wire(number), request),
  );
  return new DecryptedObject(reader, opened, request.sidecar);
}

/** @internal */
export function decryptRequest(
  from: DecryptRequest["from"],
  { context, sidecar, header, signature, expect }: Omit<DecryptOptions, keyof OperationOptions>,
  within = "",
): DecryptRequest {
  return {
    from,
    context: contextText(context, `${within}context`),
    sidecar: sidecarOf(sidecar, `${within}sidecar`),
    header: header === undefined ? header : headerBytes(header),
    signature: signatureBytes(signature, `${within}signature`),
    expect,
  };
}

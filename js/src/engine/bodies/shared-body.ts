/** Bodies of objects that are for others too: a vault signs each before it is stored. */
import type { Bytes } from "../../shared/bytes.js";
import { ArgumentError, bodyClosed } from "../../shared/errors/index.js";
import type { Encrypted, EncryptRequest } from "../../shared/protocol/body-calls.js";
import { ReadAhead } from "../readers/read-ahead.js";
import type { Reader } from "../readers/reader.js";
import type { WasmBody } from "../wasm/bindings.js";
import { Cipher, sha256 } from "./aes.js";
import { BlockHashes } from "./block-hashes.js";
import { headerAfter, type BodyAbout, type BodyMakers } from "./body-makers.js";
import type { BodyShape, BodyTask, SecondPass } from "./body-task.js";

/** @param again opens the input once more: of an attached object whose signature covers the body, which it stands before */
export async function beginShared(
  body: BodyTask,
  encryptor: WasmBody,
  request: EncryptRequest,
  makers: BodyMakers,
  again: (() => Reader) | undefined,
): Promise<Encrypted> {
  const { kid, piece, ...about } = encryptor.about() as BodyAbout;
  const { to, detached, size: expected } = request;
  const header = headerAfter(encryptor.attachedPrefix() as Bytes, makers);
  const pieces = makers.bindings.plainPieces(piece);
  const permit = kid === undefined ? undefined : makers.permit(kid, "write");
  const shape: BodyShape = { prefix: undefined, expected, pieces, permit };
  const cipher = new Cipher(encryptor, "encrypt");
  try {
    if ("key" in to && to.sign === "header") {
      const signature = await makers.sign(encryptor);
      if (!detached) shape.prefix = encryptor.signedPrefix(signature) as Bytes;
      body.begin(cipher, body.source, shape);
      return { id: about.id, header, size: total(about.size, shape.prefix?.byteLength), signature };
    }
    const digest = (block: Uint8Array): Promise<Uint8Array> => sha256(block, makers.bindings);
    const lengthOver = (size: number): Promise<number> => makers.signatureLength(encryptor, size);
    const hashes = new BlockHashes(lengthOver);
    cipher.hashed(digest, hashes);
    const length = about.size === undefined ? undefined : await lengthOver(about.size);
    if (detached) {
      shape.signing = { after: () => makers.sign(encryptor, hashes) };
      body.begin(cipher, body.source, shape);
      return { id: about.id, header, size: about.size };
    }
    if (!again || length === undefined) throw new ArgumentError(ONCE);
    const before = encryptor.signedPrefix("").byteLength + length;
    shape.signing = {
      before: async (dropped): Promise<SecondPass> => {
        await readThrough(cipher, new ReadAhead(again(), ...pieces), dropped);
        const signature = await makers.sign(encryptor, hashes);
        if (dropped()) throw bodyClosed();
        const second = new Cipher(encryptor.again(hashes.size, hashes.bytes()), "encrypt").hashed(digest);
        return { cipher: second, prefix: encryptor.signedPrefix(signature) as Bytes, signature };
      },
    };
    body.begin(cipher, body.source, shape);
    return { id: about.id, header, size: total(about.size, before) };
  } catch (error) {
    cipher.free();
    throw error;
  }
}

const ONCE = 'this input can be read once, and its signature stands before the body: encrypt { detached: true }, or { sign: "header" }';

function total(body: number | undefined, before = 0): number | undefined {
  return body === undefined ? undefined : body + before;
}

/** The first pass: nothing of it goes out. */
async function readThrough(cipher: Cipher, input: ReadAhead, dropped: () => boolean): Promise<void> {
  for (;;) {
    const piece = await input.read();
    if (dropped()) throw bodyClosed();
    const { held } = await cipher.step(piece);
    if (!piece) return;
    if (!held) input.reuse(piece);
  }
}

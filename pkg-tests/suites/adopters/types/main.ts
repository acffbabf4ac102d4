/** The main job, as a strict application writes it: every type is used, none is asserted. */
import {
  Strongroom,
  StrongroomError,
  init,
  passphrase,
  type ErrorCode,
} from "strongroom";
import * as inline from "strongroom/inline";
import { downloadFromS3, uploadToS3, type DownloadPresigner, type UploadPresigner } from "strongroom/s3";

export async function job(file: File, signal: AbortSignal): Promise<string> {
  await init({ worker: "/worker.js" });
  const vault = await Strongroom.create({ name: "acme", factors: [passphrase("correct horse battery")] });
  await vault.keys.create({ alias: "photos" });
  const aliases: string[] = (await vault.keys.list()).map((key) => key.alias);
  const context = { object: file.name };
  const object = await vault.encrypt(file, {
    key: aliases[0] ?? "photos",
    context,
    signal,
    onProgress: ({ done, total }) => void (total === undefined || done <= total),
  });
  const size: number | undefined = object.size;
  const stream: ReadableStream<Uint8Array> = object.stream();
  const plain = await vault.decrypt(stream, { context });
  await vault.lock();
  return `${size ?? "?"} ${await plain.text()}`;
}

export async function thereAndBack(
  object: inline.EncryptedObject,
  presigner: UploadPresigner & DownloadPresigner,
  signal: AbortSignal,
): Promise<Response> {
  const { parts } = await uploadToS3(object, presigner, { signal, onProgress: ({ done, sending }) => void (done + sending) });
  return downloadFromS3(presigner, { signal, retries: parts });
}

export function told(error: unknown): ErrorCode | undefined {
  // @ts-expect-error a code that does not exist cannot be asked for
  const never = error instanceof StrongroomError && error.code === "ERR_NONE";
  return error instanceof StrongroomError && !never ? error.code : undefined;
}

/** The one script has the types of the other entry, whose vaults a function may take from either. */
export const whole: typeof Strongroom = inline.Strongroom;

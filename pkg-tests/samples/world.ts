/** What the documentation's samples take for granted: a vault, a file, a server that signs. */
import { Strongroom, passphrase, type Vault } from "strongroom";
import type { Presigned } from "strongroom/s3";

export const typed = "correct horse battery";
export const context = { user: "7", object: "cat.jpg" };
export const key = "cat.srm";

export function assert(condition: unknown, message = "not as the documentation says"): asserts condition {
  if (!condition) throw new Error(message);
}

let open: Vault | undefined;

/** The vault that README.md makes, unlocked, with its key. */
export async function unlocked(): Promise<Vault> {
  open ??= await Strongroom.openOrCreate({ name: "acme", factor: passphrase(typed) });
  if (!(await Strongroom.exists("acme"))) open = await Strongroom.openOrCreate({ name: "acme", factor: passphrase(typed) });
  if (!open.unlocked) await open.unlock(passphrase(typed));
  await open.keys.ensure({ alias: "photos" });
  return open;
}

/** A small picture. */
export async function picture(): Promise<File> {
  const canvas = new OffscreenCanvas(400, 300);
  canvas.getContext("2d")?.fillRect(50, 50, 100, 100);
  return new File([await canvas.convertToBlob()], "cat.jpg", { type: "image/png", lastModified: 1 });
}

/** Stores something at the page's server. */
export async function put(path: string, body: Blob | Uint8Array<ArrayBuffer> | string): Promise<void> {
  const response = await fetch(path, { method: "PUT", body });
  assert(response.ok);
}

export async function get(path: string): Promise<Uint8Array> {
  return new Uint8Array(await (await fetch(path)).arrayBuffer());
}

/** Signs requests for an object of the store, by `examples/presign-node`. */
export function presigner(name: string) {
  const sign = async (action: string, given = {}): Promise<Presigned> => {
    const response = await fetch("/presign", { method: "POST", body: JSON.stringify({ action, key: name, ...given }) });
    if (response.ok) return response.json();
    throw Object.assign(new Error(`not signed: ${response.status}`), { status: response.status });
  };
  return {
    put: (size: number) => sign("PutObject", { size }),
    create: () => sign("CreateMultipartUpload"),
    part: (upload: string, number: number) => sign("UploadPart", { upload, number }),
    complete: (upload: string) => sign("CompleteMultipartUpload", { upload }),
    abort: (upload: string) => sign("AbortMultipartUpload", { upload }),
    list: (upload: string, after: number) => sign("ListParts", { upload, after }),
    get: () => sign("GetObject"),
  };
}

/** A URL that reads an object of the store. */
export async function readable(name: string): Promise<string> {
  return String((await presigner(name).get()).url);
}

/** Names that nothing in the store has yet. */
export const fresh = (): string => `${crypto.randomUUID()}.srm`;

export async function sameBytes(a: Blob, b: Blob): Promise<boolean> {
  const [one, other] = [new Uint8Array(await a.arrayBuffer()), new Uint8Array(await b.arrayBuffer())];
  return one.length === other.length && one.every((byte, at) => byte === other[at]);
}

/** An upload that an earlier page left. */
export async function pending(vault: Vault, file: Blob, location: string, named: Record<string, string>): Promise<string> {
  const object = await vault.encrypt(file, { key: "photos", context: named });
  const token = await object.resumeToken({ location });
  await object.close();
  return token;
}

/** Whether an object of the store opens to a file. */
export async function opens(vault: Vault, location: string, named: Record<string, string>, file: Blob): Promise<boolean> {
  const plain = await vault.decrypt(await fetch(await readable(location)), { context: named });
  return sameBytes(await plain.blob(), file);
}

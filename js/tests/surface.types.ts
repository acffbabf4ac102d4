/** What a caller's code may say, and what it must not: compiled, never run. */
import type { Uppy } from "@uppy/core";
import type { Upload } from "tus-js-client";
import {
  isStrongroomError,
  passphrase,
  StateError,
  Strongroom,
  type CiphertextInput,
  type EncryptedObject,
  type Factor,
  type FileMetadata,
  type Json,
  type KeyInfo,
  type KeyLookup,
  type Progress,
  type PublicJwk,
  type Sidecar,
  type TrackedObject,
  type Vault,
  type VaultKey,
  type VaultListener,
  type VaultView,
  type VersionAction,
  type VersionState,
  type ViewOperation,
} from "../src/index.js";
import { localUrl, revokeLocalUrl, serveObjects } from "../src/media.js";
import {
  downloadFromS3,
  uploadToS3,
  type DownloadPresigner,
  type Presigned,
  type UploadPresigner,
  type UploadProgress,
} from "../src/s3.js";
import { forTus } from "../src/tus.js";
import { Encryptor } from "../src/uppy.js";

declare function upload(path: string, header: Uint8Array): Promise<void>;
declare const onLock: VaultListener<"lock">;
declare function show(progress: Progress): void;
declare function fetchHeader(object: TrackedObject): Promise<string>;

export async function keys(vault: Vault): Promise<void> {
  const key = await vault.keys.create({ alias: "photos", labels: { app: "demo" }, rotateEvery: "P90D" });
  const rotated: VaultKey = await key.rotate();
  await rotated.version(1).revoke({ reason: "left", compromised: true });
  await rotated.primaryVersion.suspend();
  const allowed: VersionAction[] = rotated.primaryVersion.actions.filter((action) => rotated.version(1).can(action));
  void allowed;
  await key.update({ rotateEvery: null });
  await vault.keys.list({ label: ["app", "demo"], state: "active" });
  await vault.keys.due(new Date());
  await vault.keys.import(new Uint8Array(32), { alias: "old" });
  await vault.keys.import(await crypto.subtle.exportKey("jwk", {} as CryptoKey), { alias: "mine" });
  // A key is whatever tells of one: what the vault gave, what was kept of it, a name.
  const kept: KeyInfo = structuredClone(key);
  for (const name of [key, kept, key.id, "photos"]) await vault.encrypt("x", { key: name });
  const jwk: PublicJwk | undefined = key.versions[0]?.publicJwk;
  void jwk;

  // @ts-expect-error A key has a purpose of three.
  await vault.keys.create({ alias: "photos", purpose: "wrap" });
  // @ts-expect-error A session ends some time.
  await vault.keys.createSession({ alias: "now" });
  // @ts-expect-error Exporting asks for a factor again.
  await key.dangerouslyExport({});
  // @ts-expect-error A snapshot does not change.
  key.alias = "notes";
  // @ts-expect-error A version is suspended, not a key.
  await key.suspend();
  // @ts-expect-error There is no such action.
  key.primaryVersion.can("vanish");
  // @ts-expect-error Only a version's own number or id finds it.
  key.version({});
}

/** A view has what is about its keys, and nothing of the vault itself. */
export async function views(vault: Vault, film: Blob): Promise<void> {
  const view: VaultView = await vault.view({ operations: ["decrypt", "rewrap"], keys: ["photos", await vault.keys.get("films")] });
  const lookup: KeyLookup = view.keys;
  await view.decrypt(await (await view.encrypt(film, { key: await lookup.get("films") })).blob());
  view.addEventListener("end", ({ detail }) => detail.reason.code);
  const operations: readonly ViewOperation[] = view.operations;
  await vault.view({ operations });

  // @ts-expect-error A view exports nothing.
  await vault.view({ operations: ["export"] });
  // @ts-expect-error An operation on the vault is none of a view's.
  await vault.view({ operations: ["backup"] });
  // @ts-expect-error It is for something.
  await vault.view({ keys: ["photos"] });
  // @ts-expect-error It tells of its end alone.
  view.addEventListener("change", ({ detail }) => detail.ids);
  // @ts-expect-error It makes no keys.
  await view.keys.create({ alias: "mine" });
  // @ts-expect-error It asks of keys alone.
  await view.can("backup");
  // It has nothing of the vault.
  type OfVault = "backup" | "factors" | "audit" | "lock" | "unlock" | "view" | "policy" | "objects" | "uploads" | "track" | "resume" | "shred";
  const has: Extract<keyof VaultView, OfVault>[] = [];
  const none: never[] = has;
  void none;
}

/** Whatever can take long is cancelled by a signal. */
export async function cancelled(vault: Vault, factor: Factor, film: Blob): Promise<void> {
  const { signal } = new AbortController();
  await Strongroom.create({ name: "a", factors: [factor], signal });
  await Strongroom.open({ name: "a", factor, signal: undefined });
  await Strongroom.openOrCreate({ name: "a", factor, signal });
  await Strongroom.restore(await vault.backup({ signal }), { signal });
  if (await Strongroom.exists("a", { signal })) await Strongroom.delete("a", { signal });
  await Strongroom.list({ signal });
  await vault.unlock(factor, { signal });
  await vault.unlock(factor, { onProgress: show });
  await vault.merge(await vault.backup(), { factor: passphrase("a"), signal, onProgress: show });
  await vault.rotateVaultKey({ signal, onProgress: show });
  await Strongroom.restore(await vault.backup({ onProgress: show }), { onProgress: show });
  const opened = await vault.openObject(film, { signal });
  await opened.read(0, 1, { signal });
  await vault.keys.list({ prefix: "a", signal });
  await vault.keys.page({ limit: 1, signal });
  await vault.keys.due(Date.now(), { signal });
  for await (const { id } of vault.objects.each({ signal })) await vault.objects.page({ parent: id, signal });
  await vault.objects.list({ signal });
  await vault.uploads.list({ signal });
  const token = await vault.encryptValue(1, { key: "photos", signal });
  await vault.decryptValue(token, { signal });
  await vault.decryptValues(await vault.encryptValues([1], { key: "photos", signal, onProgress: show }), { onProgress: show });
  await (await vault.keys.get("photos")).dangerouslyExport({ factor, signal });

  // @ts-expect-error A signal is no controller.
  await vault.unlock(factor, { signal: new AbortController() });
  // @ts-expect-error Of one value there is no progress.
  await vault.encryptValue(1, { key: "photos", onProgress: show });
}

export async function objects(vault: Vault, files: { path: string; header: Uint8Array }[]): Promise<void> {
  const rewrapping = vault.rewrap(files, { to: "archive", signal: AbortSignal.timeout(1000) });
  for await (const { source, header } of rewrapping) if (header) await upload(source.path, header);
  const failed: string[] = rewrapping.report.failures.map(({ source }) => source.path);
  void failed;
  await vault.rewrap(vault.objects.each({ key: "photos" }), { fetchHeader }).run();
  const report = await (await vault.keys.get("photos")).primaryVersion.revoke();
  await report.rewrap({ fetchHeader, dryRun: true }).run(({ source }) => source.location);

  const object = await vault.encrypt("x", { key: "photos", header: "vault" });
  await object.track({ location: "https://example.org/x" });
  await vault.track({ header: "{}" }, { id: "mine", size: 5 });
  await vault.decrypt(await object.blob(), { object: object.id });
  await vault.reencrypt(await fetch("x"), { key: "photos", from: { header: "{}" }, detached: true });
  const thumbnail: EncryptedObject = await object.addSidecar("thumbnail", "x", { signal: AbortSignal.timeout(1000) });
  const sidecar: Sidecar = { parent: object.id, name: "thumbnail" };
  const opened = await vault.decrypt(await thumbnail.blob(), { object: thumbnail.id, sidecar });
  const [listed] = await vault.objects.list({ parent: opened.sidecar?.parent });
  await vault.openObject("x", { sidecar });
  await vault.reencrypt(await fetch("x"), { key: "photos", sidecar, from: { sidecar: listed?.sidecar } });
  const { shredded, remaining } = await vault.shred(object);
  if (!shredded) void remaining.map(({ message }) => message);

  // @ts-expect-error A header is kept in the vault, or not at all.
  await vault.encrypt("x", { key: "photos", header: "elsewhere" });
  // @ts-expect-error A file has no header of its own.
  vault.rewrap([{ path: "x" }]);
  // @ts-expect-error It is encrypted in its parent's context.
  await object.addSidecar("thumbnail", "x", { context: {} });
  // @ts-expect-error There may be nothing to store.
  await vault.rewrap(files).run(({ source, header }) => upload(source.path, header));
}

export async function ranges(vault: Vault, file: File): Promise<void> {
  const open = await vault.openObject("https://example.org/x", { context: { file: "x" }, expect: "id" });
  const part: Uint8Array = await open.read(0, 10);
  const { name }: FileMetadata = open.metadata;
  open.stream({ from: 5, to: open.size, signal: AbortSignal.timeout(1000) });
  open.close();
  await vault.openObject({ url: new URL("x", location.href), credentials: "include", headers: { a: "b" } });
  const url: string = await localUrl(open, { type: "video/webm", onError: ({ code }) => void (code === "ERR_LOCKED") });
  revokeLocalUrl(url);
  serveObjects();
  await vault.openObject(file, { header: "{}", allowUnsigned: true });
  await vault.openObject({ size: 100, read: async (offset, length) => part.subarray(offset, offset + length) });
  void name;
  // @ts-expect-error Its method is GET.
  await vault.openObject({ url: "x", method: "POST" });
  // @ts-expect-error Nobody knows how large it is.
  await vault.openObject({ read: async () => part });
}

export async function rest(vault: Vault): Promise<void> {
  const token = await vault.sign("x", { key: "signing", typ: "receipt+jws" });
  const { payload, state, typ } = await vault.verify(token, { key: "signing" });
  const said: [Uint8Array, VersionState, string | undefined] = [payload, state, typ];
  void said;
  vault.addEventListener("lock", onLock, { once: true, signal: AbortSignal.timeout(1000) });
  vault.removeEventListener("lock", onLock);
  vault.addEventListener("change", { handleEvent: ({ detail: { noun, ids } }) => void (noun === "keys" && ids.includes("")) });
  vault.addEventListener("lock", ({ detail }) => {
    if (detail.reason.code === "ERR_INTEGRITY") return;
    // @ts-expect-error What happened does not change.
    detail.elsewhere = false;
  });
  const [settled] = await vault.decryptValues<number>(["x"], { settle: true });
  if (settled?.status === "fulfilled") void (settled.value + 1);
  const [plain]: number[] = await vault.decryptValues<number>(["x"]);
  void plain;
  // @ts-expect-error A change has no reason.
  vault.addEventListener("change", ({ detail }) => void detail.reason);
  const error: unknown = undefined;
  if (error instanceof StateError && error.from === "suspended" && error.to === undefined) await vault.lock();
  // @ts-expect-error Nobody says by which key.
  await vault.sign("x", {});
}

export async function opening(factor: Factor): Promise<void> {
  const vault = await Strongroom.openOrCreate({ name: "acme", factor });
  if (await Strongroom.exists("acme")) await Strongroom.open({ name: "acme", factor });
  const { id }: VaultKey = await vault.keys.ensure({ alias: "photos", labels: { app: "demo" } });
  void id;
  // @ts-expect-error Nobody could unlock it.
  await Strongroom.openOrCreate({ name: "acme" });
}

/** `code` says which error it is, and what it carries. */
export function narrowed(error: unknown): string | undefined {
  if (!isStrongroomError(error)) return undefined;
  if (error.code === "ERR_STATE") return error.from;
  if (error.code === "ERR_TRANSFER") return String(error.status);
  // @ts-expect-error Only an upload or a download has a status.
  return error.status;
}

declare const object: EncryptedObject;
declare const signed: () => Promise<Presigned>;
declare const nothing: () => Promise<void>;
declare const byThePage: UploadPresigner & DownloadPresigner;
declare const onProgress: (progress: UploadProgress) => void;

export async function transfers(vault: Vault): Promise<void> {
  for await (const { number, blob, offset, last } of object.parts({ size: 5 * 2 ** 20 })) {
    void [number + offset, blob.size, last];
  }
  await uploadToS3(object, byThePage, { concurrency: 2, retries: 3, partSize: 2 ** 23, onProgress });
  const begun = { create: async () => "id", complete: nothing, abort: nothing };
  const { size, parts } = await uploadToS3(object, { put: signed, part: signed, ...begun });
  void [size, parts];
  await vault.decrypt(await downloadFromS3("https://store.example/x"));
  await vault.decrypt(await downloadFromS3(byThePage, { onInterrupted: async ({ status }) => void status }));

  // @ts-expect-error A download needs a way to get it.
  await downloadFromS3({ put: signed, part: signed, ...begun });
}

export function tus(make: typeof Upload): void {
  const options = { endpoint: "/files/", metadata: { id: object.id }, onError: ({ message }: Error) => void message };
  new make(...forTus(object, options)).start();
  new make(...forTus(object)).start();

  // @ts-expect-error A body is made in order.
  forTus(object, { parallelUploads: 2 });
  // @ts-expect-error The object knows its size.
  forTus(object, { uploadSize: 5 });
}

export function encryptor(uppy: Uppy, vault: Vault): void {
  uppy.use(Encryptor, {
    encrypt: (data, file, watch) => vault.encrypt(data, { key: "photos", context: { id: file.id }, ...watch }),
    storedName: ({ id }) => id,
    onEncrypted: async ({ header }, { id }) => upload(id, header),
  });
  // @ts-expect-error It cannot encrypt by itself.
  uppy.use(Encryptor, {});
}

interface Card {
  number: string;
  holder?: string;
  limits: { day: number; month: number | undefined };
}

export async function values(vault: Vault, card: Card): Promise<void> {
  const token = await vault.encryptValue(card, { key: "cards", context: { user: "7" } });
  const { limits }: Card = await vault.decryptValue<Card>(token, { context: { user: "7" } });
  const tokens = await vault.encryptValues([card, card], { key: "cards", context: { user: "7" } });
  const [first] = await vault.decryptValues<Card>(tokens, { contexts: [{ user: "7" }, undefined] });
  const anything: Json = await vault.decryptValue(token);
  await vault.encryptValue(null, { key: "cards" });
  void [limits.day, first?.holder, anything];

  // @ts-expect-error JSON makes a string of it.
  await vault.encryptValue(new Date(), { key: "cards" });
  // @ts-expect-error JSON makes an empty object of it.
  await vault.encryptValue({ names: new Map<string, string>() }, { key: "cards" });
  // @ts-expect-error JSON has no such numbers.
  await vault.encryptValue([1n], { key: "cards" });
  // @ts-expect-error It leaves nothing of a function.
  await vault.encryptValues([() => {}], { key: "cards" });
}

export async function contents(vault: Vault, input: CiphertextInput): Promise<void> {
  const plain = await vault.decrypt(input);
  const { number } = await plain.json<Card>();
  const file: File = await plain.file({ name: "card.json" });
  const buffer: ArrayBuffer = await plain.arrayBuffer();
  void [number, file.name, buffer.byteLength];
  // @ts-expect-error Ciphertext is bytes.
  await vault.decrypt("https://example.org/x");
}

declare function estimate(text: string): number;

export function passphrases(typed: string, bytes: Uint8Array, either: string | Uint8Array): Factor[] {
  // @ts-expect-error Bytes are no text, of which alone there is an estimate.
  passphrase(bytes, { estimate });
  // @ts-expect-error
  passphrase(either, { estimate });
  return [passphrase(typed), passphrase(bytes), passphrase(either), passphrase(typed, { estimate })];
}

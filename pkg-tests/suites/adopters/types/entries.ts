/** An object of one entry goes to every other: they share their types, classes with private members among them. */
import Uppy from "@uppy/core";
import { escrowKey, Strongroom, type EncryptedObject, type ObjectReader, type StrongroomError, type Vault } from "strongroom";
import { fileStore, type FileRemote, type FileStore, type StoredFile } from "strongroom/files";
import * as inline from "strongroom/inline";
import { awsKms, type AwsKmsAdapter, type KmsAdapter } from "strongroom/kms";
import { localUrl } from "strongroom/media";
import { useObjectUrl, useVault, type ObjectUrl, type UseVaultOptions } from "strongroom/react";
import { abandonUpload, downloadFromS3, openFromS3, uploadToS3, type DownloadPresigner, type UploadPresigner } from "strongroom/s3";
import { decrypt, encrypt, generateKey, type Key } from "strongroom/standalone";
import type { RecordId, RowRange, Store, StoredRow } from "strongroom/store";
import { forTus } from "strongroom/tus";
import { Encryptor } from "strongroom/uppy";
import { Upload } from "tus-js-client";

export async function toS3(vault: Vault, file: File, presigner: UploadPresigner): Promise<void> {
  const object: EncryptedObject = await vault.encrypt(file, { key: "photos" });
  await uploadToS3(object, presigner);
  await abandonUpload(object, presigner);
}

export async function fromS3(vault: Vault, presigner: DownloadPresigner): Promise<string> {
  const plain = await vault.decrypt(await downloadFromS3(presigner), { context: { object: "a" } });
  return plain.text();
}

export async function partsFromS3(vault: Vault, presigner: DownloadPresigner): Promise<ObjectReader> {
  return vault.openObject(await openFromS3(presigner), { context: { object: "a" } });
}

export async function byKms(vault: Vault, key: string): Promise<KmsAdapter> {
  const kms: AwsKmsAdapter = awsKms({ key, credentials: () => ({ accessKeyId: "a", secretAccessKey: "b" }) });
  await vault.unlock(escrowKey(kms));
  return kms;
}

export async function asFiles(vault: Vault, file: File, remote: FileRemote): Promise<string> {
  const files: FileStore = fileStore({ vault, key: "photos", remote });
  const stored: StoredFile = await files.put(file, { onProgress: ({ done, sending }) => void (done + sending) });
  const again: StoredFile = await files.reencrypt(stored, { retries: 1 });
  const reader: ObjectReader = await files.open(again.id);
  reader.close();
  return (await files.get(again.id)).text();
}

export function toTus(object: EncryptedObject): Upload {
  return new Upload(...forTus(object, { endpoint: "/files" }));
}

export function toUppy(vault: Vault): Uppy {
  return new Uppy().use(Encryptor, {
    encrypt: (data, _file, watch) => vault.encrypt(data, { key: "photos", ...watch }),
    onEncrypted: (object: EncryptedObject) => void object.id,
  });
}

export function InReact(path: string, body: Blob): string | undefined {
  const options: UseVaultOptions = { autoLock: { idle: "PT10M" }, surviveReload: { for: "PT5M" } };
  const { vault, unlock, lock } = useVault("acme", options);
  // @ts-expect-error what the vault takes to open is said where it is made
  void useVault("acme", { requires: ["passphrase", "passkey"] });
  const same: Vault | undefined = vault;
  const shown: ObjectUrl = useObjectUrl(same && path, (signal) => {
    if (!same) throw new Error("no vault");
    return same.decrypt(body, { context: { path }, signal });
  });
  void [unlock, lock];
  return shown.url ?? shown.error?.code;
}

export async function toMedia(vault: Vault, url: string, onError: (error: StrongroomError) => void): Promise<string> {
  const film: ObjectReader = await vault.openObject(url, { context: { object: "a" } });
  return localUrl(film, { onError });
}

export async function withoutVault(presigner: UploadPresigner & DownloadPresigner): Promise<string> {
  const key: Key = await generateKey("A256KW");
  const object: EncryptedObject = await encrypt("a", { recipients: key });
  await uploadToS3(object, presigner);
  return (await decrypt(await downloadFromS3(presigner), { identities: key })).text();
}

/** The least that a store can be. */
const store: Store = {
  vaults: async () => [],
  read: async (_vault, ranges: RowRange[]) => ({ sequence: 0, rows: ranges.flatMap((): StoredRow[] => []) }),
  commit: async (_vault, expect, next, puts: StoredRow[], deletes: RecordId[]) =>
    next > expect && puts.length + deletes.length > 0,
  remove: async () => {},
};

export const listed = (): Promise<string[]> => Strongroom.list({ store });

/** The one script's objects have the same types as the other entries'. */
export async function ofOneScript(vault: inline.Vault, presigner: UploadPresigner): Promise<void> {
  const same: Vault = vault;
  const object: inline.EncryptedObject = await same.encrypt("a", { key: "photos" });
  await uploadToS3(object, presigner);
  const key: Key = await inline.generateKey("A256KW");
  key.close();
}

export const whole: typeof Strongroom = inline.Strongroom;

import AwsS3 from "@uppy/aws-s3";
import Uppy from "@uppy/core";
import ThumbnailGenerator from "@uppy/thumbnail-generator";
import { assert, get, picture, sameBytes, unlocked } from "./world.js";

/** What Uppy's S3 plugin asks, in the words of `examples/presign-node`. */
async function signRequest({ key }: { key: string }): Promise<{ url: string }> {
  // Uppy sends no header that the signature would need.
  return { url: `${location.origin}/store/${key}` };
}

export async function uploadsUppy(): Promise<void> {
  const [vault, photo] = [await unlocked(), await picture()];
  const remembered: string[] = [];
  const remember = (object: string, upload: string): void => void remembered.push(object, upload);
  const uppy =
    // sample: docs/uploads.md "onEncrypted"
  uppy.addFile({ name: photo.name, type: photo.type, data: photo });
  const result = await uppy.upload();
  const [sent] = result?.successful ?? [];
  assert(sent && sent.name === `${remembered[0]}.srm`, result?.failed?.[0]?.error ?? "nothing was sent");
  const plain = await vault.decrypt(await get(`/store/${sent.name}`), { context: { upload: remembered[1] ?? "" } });
  assert(await sameBytes(await plain.blob(), photo));
}

export async function uploadsUppyComment(): Promise<void> {
  const [vault, photo] = [await unlocked(), await picture()];
  const contextOf = ({ id }: { id: string }): { upload: string } => ({ upload: id });
  const uppy =
    // sample: js/src/adapters/uppy/encryptor.ts "new Uppy()"
  uppy.addFile({ name: photo.name, type: photo.type, data: photo });
  const result = await uppy.upload();
  const [sent] = result?.successful ?? [];
  assert(sent, result?.failed?.[0]?.error ?? "nothing was sent");
  const plain = await vault.decrypt(await get(sent.uploadURL ?? ""), { context: contextOf(sent) });
  assert(await sameBytes(await plain.blob(), photo));
}

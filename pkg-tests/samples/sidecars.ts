import type { EncryptedObject, Vault } from "strongroom";
import { assert, context, get, picture, put, unlocked } from "./world.js";

export async function uploadsThumbnail(): Promise<void> {
  const [vault, photo] = [await unlocked(), await picture()];
  // sample: docs/uploads.md "createImageBitmap"
  const header = await get("/headers/cat.thumbnail");
  await shown(vault, object, header);
}

async function shown(vault: Vault, object: EncryptedObject, header: Uint8Array): Promise<void> {
  const img = new Image();
  // sample: docs/uploads.md "the body is not asked for"
  await img.decode();
  assert(img.width === 320);
}

export async function sidecarComment(): Promise<void> {
  const [vault, photo] = [await unlocked(), await picture()];
  const small = "small";
  // sample: js/src/page/objects/encrypted-object.ts "addSidecar"
  await put("/store/thumbnail", await (await object.addSidecar("thumbnail-2", small)).blob());
}

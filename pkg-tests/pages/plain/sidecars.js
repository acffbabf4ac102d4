/** Steps for sidecars, beside those of keys.js: photos and their thumbnails, stored side by side. */
import "./keys.js";
import { vaults } from "./story.js";

const context = { app: "sidecars" };

/** A picture of that size, scaled from another one where there is one. */
async function picture(width, height, from) {
  const canvas = Object.assign(document.createElement("canvas"), { width, height });
  const drawing = canvas.getContext("2d");
  if (from) drawing.drawImage(from, 0, 0, width, height);
  else drawing.fillRect(0, 0, width / 2, height);
  return new Promise((resolve) => canvas.toBlob(resolve, "image/png"));
}

async function put(address, object) {
  await fetch(address, { method: "PUT", body: await object.blob() });
  await object.track({ location: address });
  return { id: object.id, header: new TextDecoder().decode(object.header) };
}

/** `name`: `thumbnail` unless another is given. */
const options = ({ parent, name = "thumbnail", ...others }) => ({ context, sidecar: { parent, name }, ...others });

Object.assign(window.story, {
  /** A photo at an address, and its thumbnail beside it: ids and headers of both. */
  async storePhoto(name, address, how) {
    const photo = await picture(640, 480);
    const object = await vaults.get(name).encrypt(photo, { key: "photos", context, ...how });
    const small = await picture(64, 48, await createImageBitmap(photo));
    const thumbnail = await object.addSidecar("thumbnail", small);
    return [await put(address, object), await put(`${address}-thumbnail`, thumbnail)];
  },
  /** What a page shows of a thumbnail. */
  async showThumbnail(name, address, how) {
    const opened = await vaults.get(name).decrypt(await fetch(address), options(how));
    const { id, sidecar, origin } = opened;
    const { width, height } = await createImageBitmap(await opened.blob());
    return { id, sidecar, origin, width, height };
  },
  async readThumbnail(name, address, how) {
    const opened = await vaults.get(name).openObject(address, options(how));
    const beginning = await opened.read(0, 4);
    opened.close();
    return String.fromCharCode(...beginning.subarray(1));
  },
  async showPhoto(name, address, how) {
    const opened = await vaults.get(name).decrypt(await fetch(address), { context, ...how });
    const { width, height } = await createImageBitmap(await opened.blob());
    return { id: opened.id, sidecar: opened.sidecar, width, height };
  },
});

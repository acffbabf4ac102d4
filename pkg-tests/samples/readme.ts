import { Strongroom } from "strongroom";
import { assert, context, picture, put, unlocked } from "./world.js";

export async function readmeFirst(): Promise<void> {
  const [presignedPutUrl, presignedGetUrl] = ["/store/cat.jpg", "/store/cat.jpg"];
  const file = await picture();
  const image = new Image();
  // sample: README.md "openOrCreate"
  await image.decode();
  assert(image.width === 400 && !vault.unlocked && (await Strongroom.exists("acme")));
}

export async function readmeKeys(): Promise<void> {
  const vault = await unlocked();
  const object = await vault.encrypt("a scan", { key: "photos", context, detached: true });
  const body = await object.bytes();
  await (await vault.keys.get("photos")).rotate();
  const headers = [{ path: "/headers/scan", header: object.header }];
  const store = async (source: { path: string }, header: Uint8Array<ArrayBuffer>, signature?: string) => {
    await put(source.path, header);
    assert(signature === undefined, "nobody else's");
  };
  // sample: README.md "rotateEvery"
  const [{ state } = {}] = (await key.refresh()).versions;
  assert(report.readable.length > 0 && state === "destroy-scheduled", state);
  const header = new Uint8Array(await (await fetch("/headers/scan")).arrayBuffer());
  const plain = await vault.decrypt(body, { context, header });
  assert((await plain.text()) === "a scan" && plain.id === object.id);
}

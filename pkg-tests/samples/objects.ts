import type { TrackedObject } from "strongroom";
import { assert, context, picture, put, sameBytes, unlocked } from "./world.js";

export async function objectsDetached(): Promise<void> {
  const [vault, file] = [await unlocked(), await picture()];
  await detached();
  await moved();
  const header = await (await fetch("/headers/cat")).text();
  const plain = await vault.decrypt(await fetch("/store/cat"), { header, context, tracked: "cat" });
  const { primary } = await vault.keys.get("photos");
  assert(plain.version?.version === primary && (await sameBytes(await plain.blob(), file)));
  await vault.objects.untrack(plain.id);

  async function detached(): Promise<void> {
    // sample: docs/objects.md "const put"
    assert(await sameBytes(await plain.blob(), file));
  }

  async function moved(): Promise<void> {
    // sample: docs/objects.md "const job"
    assert(report.done === 1 && report.failed === 0);
  }
}

export async function objectsAttached(): Promise<void> {
  const [vault, file] = [await unlocked(), await picture()];
  const object = await vault.encrypt(file, { key: "photos", context });
  await put("/store/dog", await object.blob());
  await (await vault.keys.get("photos")).rotate();
  // sample: docs/objects.md "const front"
  const { primary } = await vault.keys.get("photos");
  assert(plain.version?.version === primary && (await sameBytes(await plain.blob(), file)));
}

export async function objectsCustom(): Promise<void> {
  const [vault, file] = [await unlocked(), await picture()];
  // sample: docs/objects.md "custom: { pages: 3 }"
  // sample: docs/objects.md "vault.inspect"
  assert(metadata.custom?.pages === 3 && said.name === "scan.pdf" && said.size === file.size);
  assert(id === scan.id && origin === "own" && version.state === "active");
}

export async function objectsRecipients(): Promise<void> {
  const [vault, scan] = [await unlocked(), await picture()];
  await vault.keys.create({ alias: "claims" });
  const algorithm = { name: "ECDH", namedCurve: "P-256" };
  const pair = await crypto.subtle.generateKey(algorithm, true, ["deriveBits"]);
  const { x = "", y = "" } = await crypto.subtle.exportKey("jwk", pair.publicKey);
  const kms = { publicKey: async () => ({ kty: "EC", crv: "P-256", x, y, kid: "the organisation's" }) as const, unwrap: async () => new Uint8Array(32) };
  const stream = scan.stream();
  await attached();
  await detached();
  const [header, signature] = await Promise.all(
    ["headers", "signatures"].map(async (folder) => (await fetch(`/${folder}/film`)).text()),
  );
  await (await vault.keys.get("claims")).rotate();
  await moved(header as string, signature as string);
  const how = { header: await (await fetch("/headers/film")).text(), signature: await (await fetch("/signatures/film")).text() };
  assert(how.signature !== signature);
  const plain = await vault.decrypt(await fetch("/store/film"), { ...how, context });
  assert(plain.covers === "content" && (await sameBytes(await plain.blob(), scan)));
  await vault.track({ id: plain.id, ...how }, { location: "film" });
  await replaced();

  async function replaced(): Promise<void> {
    const { publicKey } = await crypto.subtle.generateKey(algorithm, true, ["deriveBits"]);
    const { x = "", y = "" } = await crypto.subtle.exportKey("jwk", publicKey);
    const next = { kty: "EC", crv: "P-256", x, y, kid: "the organisation's next" } as const;
    // sample: docs/objects.md "const replacing"
    assert(waiting.length === 1 && after.length === 0 && replacing.report.done === 1);
  }

  async function attached(): Promise<void> {
    // sample: docs/objects.md "const claim"
    assert(origin === "own" && covers === "content");
  }

  async function detached(): Promise<void> {
    // sample: docs/objects.md "const film"
  }

  async function moved(header: string, signature: string): Promise<void> {
    // sample: docs/objects.md "const moved"
  }
}

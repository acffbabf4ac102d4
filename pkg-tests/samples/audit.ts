import { Strongroom, passphrase, type Vault } from "strongroom";
import { assert, typed, unlocked } from "./world.js";

export async function audit(): Promise<void> {
  const vault = await unlocked();
  const { alias } = await vault.keys.ensure({ alias: "photos" });
  const told: unknown[] = [];
  const show = (...entry: unknown[]): void => void told.push(entry);
  // sample: docs/audit.md "audit.page"
  assert(alias === "photos" && next === undefined);
  await vault.encryptValue("a secret", { key: "photos" });
  await vault.keys.create({ alias: crypto.randomUUID() });
  await verified();
  await proven();
  await exported();
  await shipped();
  await cosigned();
  await cut();

  async function verified(): Promise<void> {
    const archive = async (note: string): Promise<void> => void told.push(note);
    const alarm = (fault: string): void => assert(false, fault);
    // sample: docs/audit.md "audit.checkpoint"
    await commented(kept.note);
  }

  async function commented(kept: string): Promise<void> {
    const alarm = (fault: string): void => assert(false, fault);
    // sample: js/src/page/audit/audit-log.ts "audit.verify"
  }

  async function cut(): Promise<void> {
    // sample: docs/audit.md "audit.cut"
    assert(entries === 0 && first === 0 && held === undefined, "nothing is a year old");
    await commentedCut();
  }

  async function commentedCut(): Promise<void> {
    // sample: js/src/page/audit/audit-log.ts "audit.cut"
    assert(entries === 0 && first === 0, held ?? "nothing is a year old");
  }

  async function shipped(): Promise<void> {
    const authorization = "Bearer of a sample";
    // sample: docs/audit.md "audit.ship"
    assert(status !== "ended" && shipped === 0 && behind >= 0 && lastError === undefined, status);
    await shipment.stop();
    await commentedShipment(authorization);
  }

  async function commentedShipment(authorization: string): Promise<void> {
    // sample: js/src/page/audit/audit-log.ts "audit.ship"
    assert(shipped === 0 && behind >= 0 && lastError === undefined, "nobody is there");
    await shipment.stop();
  }

  async function cosigned(): Promise<void> {
    const { url, witness, fetch } = await server();
    const alarm = (fault: string): void => assert(false, fault);
    // sample: docs/audit.md "audit.witnessRequest"
    assert(witnessed?.[0]?.witness === witness && witnessed[0].size !== undefined, "cosigned");
    await commentedRequest();
    await commentedAnswer();
  }

  async function commentedRequest(): Promise<void> {
    const { url, witness, fetch } = await server();
    // sample: js/src/page/audit/audit-log.ts "audit.witnessRequest("
    assert((await vault.audit.checkpoint()).cosigned?.some(({ by }) => by[0]?.witness === witness), "kept");
  }

  async function commentedAnswer(): Promise<void> {
    const [log, { verifier }] = [vault.audit, await vault.audit.checkpoint()];
    const { request } = await log.witnessRequest();
    const witness = await other();
    await answered(witness, request, verifier);
    await keyed(await other(), request, verifier);
  }

  async function keyed(vault: Vault, request: string, verifier: string): Promise<void> {
    // sample: docs/audit.md "audit.witnessKey"
    assert(key.length > 0 && cosignature.length > 0 && before === undefined, "a witness of its own");
    await vault.close();
  }

  async function answered(vault: Vault, request: string, verifier: string): Promise<void> {
    // sample: js/src/page/audit/audit-log.ts "audit.witness("
    assert(cosignature.length > 0 && before === undefined, "seen for the first time");
    await vault.close();
  }

  /** Another person's vault, in the place of a server. */
  async function server(): Promise<{ url: string; witness: string; fetch: (url: string, post: { method: string; body: string }) => Promise<Response> }> {
    const [theirs, { verifier }] = [await other(), await vault.audit.checkpoint()];
    const fetch = async (_: string, { body }: { body: string }): Promise<Response> =>
      new Response((await theirs.audit.witness(body, { verifier })).cosignature);
    return { url: "https://witness.example", witness: await theirs.audit.witnessKey(), fetch };
  }

  async function other(): Promise<Vault> {
    return Strongroom.create({ name: crypto.randomUUID(), factors: [passphrase(typed)] });
  }

  async function exported(): Promise<void> {
    const save = async (file: Response): Promise<void> => void told.push(await file.text());
    // sample: docs/audit.md "audit.export"
    const file = new WritableStream<Uint8Array>({ write: (chunk) => void told.push(chunk) });
    await commentedExport(file);
  }

  async function commentedExport(file: WritableStream<Uint8Array>): Promise<void> {
    const before = told.length;
    // sample: js/src/page/audit/audit-log.ts "audit.export"
    assert(told.length >= before, "lines");
  }

  async function proven(): Promise<void> {
    const send = async (sent: { entry: string; proof: string; verifier: string; certificate: string }): Promise<void> =>
      assert(JSON.parse(sent.entry).operation === "createKey", sent.entry);
    // sample: docs/audit.md "audit.prove"
  }
}

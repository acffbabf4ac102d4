/** The reference collector of the demo's server, and what a browser's vault ships to it. */
import assert from "node:assert/strict";
import { request } from "node:http";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { startBrowser, usually } from "../../harness/browsers/browsers.mjs";
import { load, story } from "../../harness/browsers/drive.mjs";
import { plainPage, temporaryFolder } from "../../harness/consumer.mjs";
import { startServer } from "../../harness/servers/server.mjs";

const SECRET = "correct horse battery staple";

// What is sent is the same in each engine, as the shipping's own tests see.
for (const engine of usually("Chromium")) {
  describe(`the collector of audit logs, and ${engine}`, () => {
    /** @type {Awaited<ReturnType<typeof startServer>>} */
    let server;
    /** @type {import("selenium-webdriver").WebDriver} */
    let driver;
    const collector = join(temporaryFolder(), "collector.sqlite3");

    const step = (/** @type {string} */ name, /** @type {string} */ vault, /** @type {unknown[]} */ ...given) => story(driver, name, vault, ...given);
    /** @returns {Promise<{ status: number | undefined, text: string }>} */
    const send = (/** @type {string} */ method, /** @type {object | undefined} */ body = undefined, origin = server.origin) =>
      new Promise((resolve, reject) => {
        const headers = { origin, "content-type": "application/json" };
        const asked = request(`${server.origin}/collector`, { method, headers }, async (answer) => {
          let text = "";
          for await (const chunk of answer) text += chunk;
          resolve({ status: answer.statusCode, text });
        });
        asked.on("error", reject);
        asked.end(body && JSON.stringify(body));
      });
    const answers = async (/** @type {object} */ body) => {
      const { status, text } = await send("POST", body);
      return [status, JSON.parse(text).size];
    };
    /** @returns {Promise<{ status: number | undefined, type: string | undefined, text: string }>} */
    const ask = (/** @type {string} */ body, origin = server.origin) =>
      new Promise((resolve, reject) => {
        const asked = request(`${server.origin}/add-checkpoint`, { method: "POST", headers: { origin } }, async (answer) => {
          let text = "";
          for await (const chunk of answer) text += chunk;
          resolve({ status: answer.statusCode, type: answer.headers["content-type"], text });
        });
        asked.on("error", reject);
        asked.end(body);
      });
    const page = async () => (await send("GET")).text;
    const begun = async (/** @type {string} */ vault) => {
      await step("create", vault, SECRET);
      await step("auditing", vault, "start");
      for (let at = 0; at < 70; at++) await step("keyring", vault, "create", { alias: `${vault} ${at}` });
    };

    before(async () => {
      server = await startServer(plainPage(), { collector });
      ({ driver } = await startBrowser(engine));
      await load(driver, `${server.origin}/keys.html`);
      await begun("acme");
    });
    after(async () => {
      await driver?.quit();
      await server?.stop();
    });

    it("has the whole log, shows its head and what is an alert, and no name", async () => {
      await step("ship", "acme", "/collector", { limit: 64, every: 1000 });
      await step("key", "acme", "acme 1", "setPolicy", { operations: ["setPolicy"] });
      await assert.rejects(step("vault", "acme", "encryptValue", 1, { key: "acme 1" }));
      await step("auditing", "acme", "flush");
      const { log, size, device } = await step("auditing", "acme", "state");
      for (const end = Date.now() + 30_000; !(await page()).includes(`<td>${log}</td><td>${device}</td><td>${size}</td><td>${size}</td>`); await sleep(100)) {
        assert.ok(Date.now() < end, JSON.stringify(await step("shipment", "acme")));
      }
      const shown = await page();
      const { root } = await step("auditing", "acme", "checkpoint");
      assert.ok(shown.includes(`<td>${root}</td>`));
      assert.match(shown, /<td>encryptValue ERR_POLICY<\/td>/);
      assert.doesNotMatch(shown, /acme/);
      assert.equal((await step("shipment", "acme")).error, undefined);
    });

    it("takes a batch twice as once, and no gap, fork, other leaf, note, proof or identity", async () => {
      await begun("other");
      const [first, second] = await step("batches", "other", { limit: 64 });
      const [theirs] = await step("batches", "acme", { limit: 64 });
      assert.ok(first.proof.length > 0 && second.first === 64);
      assert.deepEqual(await answers(second), [409, 0], "a gap");
      const leaf = theirs.leaves[0];
      const wrong = {
        leaf: { leaves: [leaf, ...first.leaves.slice(1)] },
        proof: { proof: [] },
        "other proof": { proof: [leaf, ...first.proof.slice(1)] },
        note: { note: theirs.note },
        certificate: { certificate: theirs.certificate },
        verifier: { verifier: theirs.verifier, note: theirs.note },
        vault: { vault: theirs.vault },
        device: { device: theirs.device },
        number: { first: 1 },
        member: { more: 1 },
        missing: { entries: first.entries.slice(1) },
      };
      for (const [name, change] of Object.entries(wrong)) {
        const { status } = await send("POST", { ...first, ...change });
        assert.ok(status === 400 || status === 409 || status === 422, `${name}: ${status}`);
      }
      // What the page could not show, or an empty batch, is no batch.
      const [event, ...events] = first.entries;
      const bad = {
        empty: { entries: [], leaves: [] },
        time: { entries: [{ ...event, severity_id: 5, time: 1.5 }, ...events] },
        code: { entries: [{ ...event, severity_id: 5, metadata: { ...event.metadata, event_code: undefined } }, ...events] },
        id: { vault: "x" },
        after: { after: { log: "x", size: 1, root: "x" } },
        more: { more: 1 },
      };
      for (const [name, change] of Object.entries(bad)) assert.equal((await send("POST", { ...first, ...change })).status, 400, name);
      assert.equal((await send("GET")).status, 200);
      assert.deepEqual(await answers(first), [200, 64]);
      assert.deepEqual(await answers(first), [200, 64], "again");
      assert.deepEqual(await answers({ ...first, leaves: [leaf, ...first.leaves.slice(1)] }), [409, 64], "a fork");
      assert.deepEqual(await answers(second), [200, 64 + second.leaves.length]);
      assert.match(await page(), /<td>other entries than were taken before: a fork<\/td>/);
      assert.equal((await send("POST", first, "https://elsewhere.example")).status, 403);
    });

    it("is a witness of the logs that it has, and of no other ones, nor of a log that it has not", async () => {
      const audit = (/** @type {string} */ vault, /** @type {string} */ method, /** @type {unknown[]} */ ...given) => step("auditing", vault, method, ...given);
      const [, witness] = (await page()).match(/id="witness">([^<]+)</) ?? [];
      // It begins with what it has; a batch may come between.
      let first = await audit("acme", "witnessRequest");
      let answer = await ask(first.request);
      assert.deepEqual([answer.status, answer.type], [409, "text/x.tlog.size"]);
      for (let left = 5; answer.status === 409 && left > 0; left--) {
        first = await audit("acme", "witnessRequest", { since: Number(answer.text) });
        answer = await ask(first.request);
      }
      assert.equal(answer.status, 200, answer.text);
      await audit("acme", "addCosignature", { note: first.note, cosignature: answer.text, witness });
      const verified = await audit("acme", "verify", { witnesses: [witness] });
      assert.deepEqual([verified.fault, verified.witnessed[0].size], [undefined, first.size]);

      // Again from nothing: it says where it is, and from there it goes on.
      await step("keyring", "acme", "create", { alias: "one more" });
      const again = await ask((await audit("acme", "witnessRequest", { since: 0 })).request);
      assert.deepEqual([again.status, again.type, again.text], [409, "text/x.tlog.size", `${first.size}\n`]);
      const next = await audit("acme", "witnessRequest", { since: first.size });
      const { status, text } = await ask(next.request);
      assert.equal(status, 200, text);
      await audit("acme", "addCosignature", { note: next.note, cosignature: text, witness });
      const { cosigned } = await audit("acme", "checkpoint");
      assert.deepEqual([cosigned.length, cosigned[0].size, cosigned[0].by[0].witness], [1, next.size, witness]);

      // A log that never came, a signature that was changed, a proof that was, and what is no request.
      await step("create", "unknown", SECRET);
      assert.equal((await ask((await audit("unknown", "witnessRequest")).request)).status, 404);
      const last = await audit("acme", "witnessRequest", { since: next.size });
      assert.equal((await ask(last.request.replace(/\n\d+\n(?=.{44}\n\n)/, "\n9999\n"))).status, 403);
      await step("keyring", "acme", "create", { alias: "and another" });
      const grown = await audit("acme", "witnessRequest", { since: next.size });
      const hash = Buffer.alloc(32).toString("base64");
      assert.equal((await ask(grown.request.replace(/^(old \d+)\n.{44}\n/, `$1\n${hash}\n`))).status, 422);
      assert.equal((await ask(grown.note)).status, 400);
      assert.equal((await ask("x".repeat(300_000))).status, 413);
      assert.equal((await ask(grown.request, "https://elsewhere.example")).status, 403);
      assert.match(await page(), /a checkpoint was to be cosigned that nothing shows to continue the one before/);
      assert.equal((await ask(grown.request)).status, 200);
    });

    it("takes nothing that another identity says of a vault, and remembers it after a restart", async () => {
      // Nothing more comes of a vault that is locked, once what was under way has arrived.
      await step("lock", "acme");
      let shown = await page();
      for (let last = ""; last !== shown; shown = await page()) {
        last = shown;
        await sleep(1500);
      }
      const [pinned] = await step("batches", "other", { limit: 64 });
      // The same vault's id, in a certificate of somebody else.
      const { vault } = pinned;
      const forged = await story(driver, "forgeCertificate", pinned);
      assert.equal((await send("POST", { ...pinned, certificate: forged, vault })).status, 403);
      const { data, origin } = server;
      await server.stop();
      const ports = /** @type {[number, number]} */ ([Number(new URL(origin).port), Number(new URL(server.store).port)]);
      server = await startServer(plainPage(), { data, ports, collector });
      assert.deepEqual((await page()).match(/<table id="logs">[^]*?<\/table>/)?.[0], shown.match(/<table id="logs">[^]*?<\/table>/)?.[0]);
      assert.deepEqual((await answers(pinned))[0], 200);
    });
  });
}

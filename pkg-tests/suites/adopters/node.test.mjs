/** The packed package, and its one script, in other Nodes than the one that runs these tests. */
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { nodeProject } from "../../harness/consumer.mjs";

/** The first that the package supports, and the lines after it. */
const versions = ["20", "22", "24"];

for (const version of versions) {
  // The registry has Node as a package per platform; this one is what the tests run on.
  const program = fileURLToPath(new URL(`node_modules/node-${version}/bin/node`, import.meta.url));
  const skip = !existsSync(program) && "only on Linux on x86-64";
  for (const entry of ["strongroom", "strongroom/inline"]) {
    test(`a vault of ${entry} opens again in Node ${version}`, { skip }, () => {
      const folder = nodeProject(`
        import { Strongroom, passphrase } from "${entry}";
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
      const told = execFileSync(program, ["main.mjs"], { cwd: folder, encoding: "utf8" });
      assert.deepEqual(JSON.parse(told), { version, text: "a picture" });
    });
  }
}

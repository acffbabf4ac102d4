/** The packed package in Node, Bun and Deno, installed in a project of its own. */
import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { test } from "node:test";
import { fileURLToPath, pathToFileURL } from "node:url";
import { nodeProject } from "../../harness/consumer.mjs";

/** Runs a script in a project with the package, and gives back the JSON that it, and nothing else, prints. @param {string} script */
function run(script) {
  const folder = nodeProject(`import * as strongroom from "strongroom";\n${script}`);
  const { stdout, stderr } = spawnSync(process.execPath, ["main.mjs"], { cwd: folder, encoding: "utf8" });
  assert.equal(stderr, "");
  return JSON.parse(stdout);
}

test("a vault lives in Node's memory", () => {
  const told = run(`
    const { Strongroom, passphrase } = strongroom;
    const vault = await Strongroom.create({ name: "acme", factors: [passphrase("correct horse")] });
    await vault.keys.create({ alias: "photos" });
    const context = { album: "42" };
    const object = await vault.encrypt(Buffer.from("hello"), { key: "photos", context });
    const size = object.size;
    const bytes = await object.bytes();
    await vault.lock();
    const again = await Strongroom.open({ name: "acme" });
    const wrong = await again.unlock(passphrase("wrong")).catch((error) => error.code);
    await again.unlock(passphrase("correct horse"));
    const plain = await again.decrypt(bytes, { context });
    console.log(JSON.stringify({ exact: size === bytes.length, wrong, text: await plain.text() }));
  `);
  assert.deepEqual(told, { exact: true, wrong: "ERR_WRONG_FACTOR", text: "hello" });
});

/** As `npm install` puts them there. @type {Record<string, string[]>} */
const RUNTIMES = { bun: [], deno: ["run", "--allow-all", "--no-prompt"] };
for (const [runtime, given] of Object.entries(RUNTIMES)) {
  test(`a vault lives in the memory of ${runtime}, which ends`, () => {
    const folder = nodeProject(`
      import { Strongroom, passphrase } from "strongroom";
      const options = { name: "acme", factors: [passphrase("correct horse")] };
      const vault = await Strongroom.create(options);
      await vault.keys.create({ alias: "photos" });
      const bytes = await (await vault.encrypt(new Uint8Array(700_000), { key: "photos" })).bytes();
      await vault.lock();
      const second = await Strongroom.create(options).catch((error) => error.code);
      const again = await Strongroom.open({ name: "acme", factor: passphrase("correct horse") });
      const { length } = await (await again.decrypt(bytes)).bytes();
      await again.lock();
      console.log(JSON.stringify({ second, length }));
    `);
    const program = fileURLToPath(new URL(`../../node_modules/.bin/${runtime}`, import.meta.url));
    const env = { ...process.env, DENO_DIR: join(folder, "cache") };
    const ended = spawnSync(program, [...given, "main.mjs"], { cwd: folder, encoding: "utf8", env, timeout: 60_000 });
    assert.deepEqual([ended.status, ended.stderr], [0, ""]);
    assert.deepEqual(JSON.parse(ended.stdout), { second: "ERR_VAULT_EXISTS", length: 700_000 });
  });
}

test("a vault lives in a test's IndexedDB, and Node ends once it is locked", () => {
  const database = pathToFileURL(createRequire(import.meta.url).resolve("fake-indexeddb/auto")).href;
  const folder = nodeProject(`
    await import(${JSON.stringify(database)});
    const { Strongroom, passphrase } = await import("strongroom");
    const factor = passphrase("correct horse");
    const vault = await Strongroom.create({ name: "acme", factors: [factor] });
    await vault.keys.create({ alias: "photos" });
    const token = await vault.encryptValue("kept", { key: "photos" });
    await vault.lock();
    await vault.unlock(factor);
    console.log(await vault.decryptValue(token));
    await vault.lock();
  `);
  const ended = spawnSync(process.execPath, ["main.mjs"], { cwd: folder, encoding: "utf8", timeout: 20_000 });
  assert.deepEqual([ended.status, ended.stderr, ended.stdout], [0, "", "kept\n"]);
});

test("a vault lives in a caller's store, and survives the process that made it", () => {
  const folder = nodeProject(`
    import { readFileSync, writeFileSync, existsSync } from "node:fs";
    import { Strongroom, passphrase } from "strongroom";
    const FILE = "store.json";
    const encode = (row) => ({ ...row, bytes: Buffer.from(row.bytes).toString("base64") });
    const decode = (row) => ({ ...row, bytes: new Uint8Array(Buffer.from(row.bytes, "base64")) });
    const all = () => (existsSync(FILE) ? JSON.parse(readFileSync(FILE, "utf8")) : {});
    const save = (vaults) => writeFileSync(FILE, JSON.stringify(vaults));
    const parts = ({ type, id, version }) => [type, id, version];
    const slot = (row) => JSON.stringify(parts(row));
    const compare = (a, b) => {
      const at = a.findIndex((part, index) => part !== b[index]);
      return at < 0 ? 0 : a[at] < b[at] ? -1 : 1;
    };
    const within = (rows, { prefix, after, limit, bare }) =>
      rows
        .filter((row) => prefix.every((part, at) => parts(row)[at] === part))
        .filter((row) => !after || compare(parts(row), after) > 0)
        .slice(0, limit)
        .map((row) => (bare ? { ...row, revision: 0, bytes: new Uint8Array() } : row));
    const store = {
      vaults: async () => Object.keys(all()),
      read: async (name, ranges) => {
        const { sequence, rows } = all()[name] ?? { sequence: 0, rows: {} };
        const sorted = Object.values(rows).map(decode).sort((a, b) => compare(parts(a), parts(b)));
        return { sequence, rows: ranges.flatMap((range) => within(sorted, range)) };
      },
      commit: async (name, expect, next, puts, deletes) => {
        const vaults = all();
        const vault = (vaults[name] ??= { sequence: 0, rows: {} });
        if (vault.sequence !== expect) return false;
        for (const gone of deletes) delete vault.rows[slot(gone)];
        for (const row of puts) vault.rows[slot(row)] = encode(row);
        vault.sequence = next;
        save(vaults);
        return true;
      },
      remove: async (name) => {
        const vaults = all();
        delete vaults[name];
        save(vaults);
      },
    };
    const secret = passphrase("correct horse");
    if (process.argv[2] === "make") {
      const vault = await Strongroom.create({ name: "acme", factors: [secret], store });
      await vault.keys.create({ alias: "photos" });
      console.log(JSON.stringify(await vault.encryptValue({ n: 1 }, { key: "photos" })));
    } else {
      const vault = await Strongroom.open({ name: "acme", store });
      await vault.unlock(secret);
      console.log(JSON.stringify(await vault.decryptValue(process.argv[3])));
    }
  `);
  const node = (/** @type {string[]} */ ...given) =>
    JSON.parse(execFileSync(process.execPath, ["main.mjs", ...given], { cwd: folder, encoding: "utf8" }));
  const token = node("make");
  assert.deepEqual(node("open", token), { n: 1 });
});

test("importing has no side effects and needs no browser", () => {
  const told = run(`
    console.log(JSON.stringify(Object.keys(strongroom).filter((name) => !/Error$/.test(name)).toSorted()));
  `);
  const factors = ["escrow", "escrowKey", "kmsGate", "newRecoveryKit", "passkey", "passphrase", "recoveryKit", "recoveryShares", "splitRecovery", "thisDevice"];
  const signers = ["signOrganisationPolicy", "signOrganisationSuccession"];
  assert.deepEqual(told, ["Strongroom", "init", ...factors, ...signers].toSorted());
});

test("use without a vault is an entry of its own, and shares its objects and errors with the others", () => {
  const told = run(`
    const standalone = await import("strongroom/standalone");
    const key = await standalone.generateKey("A256KW");
    const object = await standalone.encrypt("a", { recipients: key });
    const plain = await standalone.decrypt(await object.blob(), { identities: key });
    const refused = await standalone.generateKey("RSA").catch((error) => error instanceof strongroom.ArgumentError);
    console.log(JSON.stringify([Object.keys(standalone).toSorted(), await plain.text(), refused]));
  `);
  const names = [
    "dangerouslyExportKey",
    "decrypt",
    "encrypt",
    "exportKey",
    "generateKey",
    "importKey",
    "unwrapKey",
    "wrapKey",
  ];
  assert.deepEqual(told, [names, "a", true]);
});

test("the package as one script exports the same", () => {
  const told = run(`
    const [standalone, store, inline] = await Promise.all(
      ["standalone", "store", "inline"].map((entry) => import("strongroom/" + entry)),
    );
    const parts = { ...strongroom, ...standalone, ...store };
    console.log(JSON.stringify([parts, inline].map((names) => Object.keys(names).toSorted())));
  `);
  assert.deepEqual(told[0], told[1]);
});

test("the licences of what is bundled are in the package", () => {
  const folder = nodeProject("");
  const text = readFileSync(join(folder, "node_modules/strongroom/dist/THIRD-PARTY-LICENSES.txt"), "utf8");
  const bundled = [
    /^p256 [\d.]+ \(.*?\n\nCopyright \(c\) [-\d]+ RustCrypto Developers/ms,
    /^subtle [\d.]+ \(BSD-3-Clause\)\n\nCopyright .* Lovecruft/m,
    /^aws4fetch [\d.]+ \(MIT\)\n\n.*?Michael Hart/ms,
    /^uqr [\d.]+ \(MIT\)\n\n.*?Anthony Fu/ms,
  ];
  for (const part of bundled) assert.ok(part.test(text), String(part));
  // Neither what the demo's server has, nor what only runs in the compiler.
  assert.ok(!/^(tokio|wasm-bindgen-macro) /m.test(text));
});

test("the packed package holds what it should, and nothing else", () => {
  const folder = nodeProject("");
  const files = execFileSync("find", ["node_modules/strongroom", "-type", "f"], { cwd: folder, encoding: "utf8" });
  const names = files.trim().split("\n").map((name) => name.replace("node_modules/strongroom/", ""));
  for (const needed of ["package.json", "README.md", "SECURITY.md", "LICENSE-MIT", "LICENSE-APACHE", "dist/index.js", "dist/index.d.ts", "dist/worker.js", "dist/strongroom_bg.wasm", "dist/inline.js", "dist/inline.d.ts", "dist/standalone.js", "dist/store.d.ts", "dist/common.d.ts", "dist/index.node.js", "dist/index.js.map", "dist/THIRD-PARTY-LICENSES.txt", "dist/rust-library.COPYRIGHT.html", "dist/integrity.json", "dist/sbom.cdx.json"]) {
    assert.ok(names.includes(needed), needed);
  }
  assert.deepEqual(names.filter((name) => !/^(package\.json|(README|ARCHITECTURE|CHANGELOG|CONTRIBUTING|SECURITY)\.md|LICENSE-.*|dist\/.*|docs\/.*\.(md|svg|json)|examples\/.*|www\/screenshots\/.*)$/.test(name)), []);
});

test("the package says what it is made of, and what each script's and the wasm's hash is", () => {
  const dist = join(nodeProject(""), "node_modules/strongroom/dist");
  const read = (/** @type {string} */ name) => JSON.parse(readFileSync(join(dist, name), "utf8"));
  const sha = (/** @type {string} */ name, /** @type {"hex" | "base64"} */ as) =>
    createHash("sha384").update(readFileSync(join(dist, name))).digest(as);
  const code = readdirSync(dist).filter((name) => /\.(js|wasm)$/.test(name)).toSorted();
  assert.deepEqual(read("integrity.json"), Object.fromEntries(code.map((name) => [name, `sha384-${sha(name, "base64")}`])));

  const { bomFormat, specVersion, components, dependencies, metadata } = read("sbom.cdx.json");
  assert.deepEqual([bomFormat, specVersion, metadata.component.name], ["CycloneDX", "1.6", "strongroom"]);
  const files = components.filter((/** @type {any} */ { type }) => type === "file");
  assert.deepEqual(files.map((/** @type {any} */ { name }) => name), code);
  for (const { name, hashes } of files) assert.equal(hashes[1].content, sha(name, "hex"));
  const libraries = components.filter((/** @type {any} */ { type }) => type === "library");
  for (const { purl, licenses } of libraries) assert.ok(/^pkg:(cargo|generic|npm)\/.+@\d/.test(purl) && licenses[0].expression, purl);
  const crates = new Set(libraries.map((/** @type {any} */ { name }) => name));
  for (const crate of ["aes-gcm", "argon2", "p256", "wasm-bindgen", "rust-std", "uqr"]) assert.ok(crates.has(crate), crate);
  for (const crate of ["tokio", "wasm-bindgen-macro"]) assert.ok(!crates.has(crate), crate);
  // Nothing depends on what is not there.
  const known = new Set([metadata.component, ...components].map((component) => component["bom-ref"]));
  assert.equal(dependencies.length, known.size);
  for (const { ref, dependsOn } of dependencies) assert.ok([ref, ...dependsOn].every((one) => known.has(one)), ref);
});

/** @param {string} page @param {string} folder the package's */
function linksOf(page, folder) {
  const text = readFileSync(join(folder, page), "utf8").replaceAll(/^```.*?^```/gms, "");
  const links = Array.from(text.matchAll(/\]\(([^)]+)\)|(?:src|srcset)="([^"]+)"/g), ([, link, picture]) => link ?? picture ?? "");
  const relative = links.filter((link) => !/^(https:|#)/.test(link));
  return relative.map((link) => join(dirname(page), link.replace(/#.*/, "")));
}

test("links and pictures of the README and the documentation lead to what the package holds", () => {
  const folder = join(nodeProject(""), "node_modules/strongroom");
  assert.ok(linksOf("README.md", folder).length > 10);
  const inside = readdirSync(folder, { recursive: true, encoding: "utf8" });
  const pages = inside.filter((name) => /^(README|SECURITY|(docs|examples)\/.*)\.md$/.test(name));
  assert.ok(pages.length > 15);
  const missing = pages.flatMap((page) => linksOf(page, folder).map((link) => `${page}: ${link}`));
  assert.deepEqual(missing.filter((link) => !existsSync(join(folder, link.split(": ")[1] ?? ""))), []);
});

test("the page's scripts are readable and have their sources, the Worker's and the one script are minified", () => {
  const dist = join(nodeProject(""), "node_modules/strongroom/dist");
  const lineOf = (/** @type {string} */ name) => {
    const text = readFileSync(join(dist, name), "utf8");
    return text.length / text.split("\n").length;
  };
  for (const name of readdirSync(dist).filter((file) => file.endsWith(".js"))) {
    const minified = ["worker.js", "inline.js"].includes(name);
    assert.equal(lineOf(name) > 200, minified, `${name}: ${lineOf(name)} characters a line`);
    const { sources, sourcesContent } = JSON.parse(readFileSync(join(dist, `${name}.map`), "utf8"));
    assert.equal(sourcesContent.length, sources.length, name);
  }
});

/** A vault whose escrow key is on a PKCS#11 token: a token opens its backup, with programs and libraries that are none of ours. */
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { before, describe, it } from "node:test";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { installedPackage, temporaryFolder } from "../../harness/consumer.mjs";
import { kryoptic, python, softHsm } from "../../harness/environment.mjs";

const run = promisify(execFile);
const PINS = { "so-pin": "87654321", pin: "12345678" };
const LABEL = "strongroom-tests";
const SECRET = "correct horse battery staple";
/** SoftHSM has no OAEP with SHA-256, so the program undoes the padding of what it decrypts; kryoptic has. */
const KINDS = ["P-256", "RSA"];
const program = (/** @type {string} */ name) => fileURLToPath(new URL(`../../../tests/interop/${name}.py`, import.meta.url));

/**
 * Each token's library; its configuration, in a folder of its own; and the slot that is free.
 *
 * @type {{ name: string, module: () => string, configure: (folder: string) => Record<string, string>, free: string[] }[]}
 */
const tokens = [
  {
    name: "SoftHSM",
    module: softHsm,
    configure(folder) {
      mkdirSync(join(folder, "tokens"));
      const file = join(folder, "softhsm2.conf");
      writeFileSync(file, `directories.tokendir = ${join(folder, "tokens")}\nobjectstore.backend = file\n`);
      return { SOFTHSM2_CONF: file };
    },
    free: ["--free"],
  },
  {
    name: "kryoptic",
    module: kryoptic,
    configure(folder) {
      const file = join(folder, "kryoptic.toml");
      writeFileSync(file, `[[slots]]\nslot = 1\ndbtype = "sqlite"\ndbargs = ${JSON.stringify(join(folder, "token.sql"))}\n`);
      return { KRYOPTIC_CONF: file };
    },
    free: ["--slot", "1"],
  },
];

for (const { name, module, configure, free } of tokens) {
  describe(`an escrow key on a token of ${name}`, () => {
    /** @type {Record<string, string | undefined>} */
    let env;
    /** @type {(entry?: string) => Promise<any>} */
    let installed;
    /** @type {any} */
    let strongroom;
    const on = async (/** @type {string} */ script, /** @type {string[]} */ ...given) => {
      const { stdout } = await run(python(), [program(script), module(), LABEL, ...given], { env });
      return stdout;
    };

    before(async () => {
      env = { ...process.env, ...configure(temporaryFolder()), STRONGROOM_PIN: PINS.pin };
      const pins = Object.entries(PINS).flatMap(([option, pin]) => [`--${option}`, pin]);
      await run("softhsm2-util", ["--module", module(), "--init-token", ...free, "--label", LABEL, ...pins], { env });
      installed = installedPackage();
      strongroom = await installed();
    });

    for (const kind of KINDS) {
      it(`opens a backup of the vault by a key of ${kind}, and tells its keys`, async () => {
        await on("hsm_token", kind, kind);
        const { Strongroom, escrow, passphrase } = strongroom;
        const publicJwk = JSON.parse(await on("hsm_open", kind));
        const vault = await Strongroom.create({ name: kind, factors: [passphrase(SECRET), escrow(publicJwk)] });
        await vault.keys.create({ alias: "photos", purpose: "encrypt" });
        await vault.keys.create({ alias: "releases", purpose: "sign" });
        const [, factor] = await vault.factors.list();
        const opened = JSON.parse(await on("hsm_open", kind, await backUp(vault)));
        const keys = [
          { alias: "photos", purpose: "encrypt" },
          { alias: "releases", purpose: "sign" },
        ];
        assert.deepEqual(opened, { vault: vault.id, factor: factor.id, keys });
        await vault.close();
      });
    }

    it("decrypts an object whose recipients are a key there and another one", async () => {
      await on("hsm_token", "objects", "P-256");
      const { encrypt, generateKey } = await installed("strongroom/standalone");
      const [publicJwk, other] = [JSON.parse(await on("hsm_open", "objects")), await generateKey("A256KW")];
      const object = await encrypt("a contract", { recipients: [other, publicJwk], context: { case: "7" } });
      const folder = temporaryFolder();
      const [file, out, context, elsewhere] = /** @type {[string, string, string, string]} */ (["a.srm", "a.txt", "context.json", "b.txt"].map((one) => join(folder, one)));
      writeFileSync(file, new Uint8Array(await (await object.blob()).arrayBuffer()));
      writeFileSync(context, JSON.stringify({ case: "7" }));
      await on("hsm_open", "objects", file, out, context);
      assert.equal(readFileSync(out, "utf8"), "a contract");
      await assert.rejects(on("hsm_open", "objects", file, out, context), /FileExistsError/);
      await assert.rejects(on("hsm_open", "objects", file, elsewhere), /Refused/);
      assert.equal(existsSync(elsewhere), false);
    });

    it("opens none of another key's, and none by a wrong PIN", async () => {
      await Promise.all(["first", "second"].map((label) => on("hsm_token", label, "P-256")));
      const { Strongroom, escrow, passphrase } = strongroom;
      const publicJwk = JSON.parse(await on("hsm_open", "first"));
      const vault = await Strongroom.create({ name: "other", factors: [passphrase(SECRET), escrow(publicJwk)] });
      const file = await backUp(vault);
      await assert.rejects(on("hsm_open", "second", file), /no record of this key/);
      env = { ...env, STRONGROOM_PIN: "87654320" };
      await assert.rejects(on("hsm_open", "first", file), /PinIncorrect/);
      env = { ...env, STRONGROOM_PIN: PINS.pin };
      await vault.close();
    });
  });
}

/** A file with the vault's backup. @param {any} vault */
async function backUp(vault) {
  const file = join(temporaryFolder(), "backup.json");
  writeFileSync(file, new Uint8Array(await (await vault.backup()).arrayBuffer()));
  return file;
}

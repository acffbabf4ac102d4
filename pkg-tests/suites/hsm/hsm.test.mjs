/** A vault whose escrow or gate has its key on a PKCS#11 token. A token opens its backup, with programs and libraries that are none of ours. */
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { before, describe, it } from "node:test";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { installedPackage, temporaryFolder } from "../../harness/consumer.mjs";
import { commandLine, kryoptic, python, softHsm } from "../../harness/environment.mjs";

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

    /** What a service in front of the token answers. */
    const answered = async (/** @type {string} */ label, /** @type {object} */ request) => {
      const running = run(python(), [program("hsm_answer"), module(), LABEL, label], { env });
      running.child.stdin?.end(JSON.stringify(request));
      return (await running).stdout;
    };

    /** The command line program, with the PIN in a file. */
    const line = (/** @type {string[]} */ given, pin = PINS.pin) => {
      const file = join(temporaryFolder(), "pin");
      writeFileSync(file, `${pin}\n`, { mode: 0o600 });
      return run(commandLine(), [...given, "--pkcs11", module(), "--pin-file", file], { env });
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

    for (const kind of KINDS) {
      it(`opens a backup of the vault by a key of ${kind} from the command line`, async () => {
        const label = `line ${kind}`;
        await on("hsm_token", label, kind);
        const { Strongroom, escrow, passphrase } = strongroom;
        const publicJwk = JSON.parse(await on("hsm_open", label));
        const vault = await Strongroom.create({ name: label, factors: [passphrase(SECRET), escrow(publicJwk)] });
        await vault.keys.create({ alias: "photos", purpose: "encrypt" });
        const file = await backUp(vault);
        const object = await vault.encrypt("a contract", { key: "photos" });
        const [sealed, out] = /** @type {[string, string]} */ (["a.srm", "a.txt"].map((one) => join(dirname(file), one)));
        writeFileSync(sealed, new Uint8Array(await (await object.blob()).arrayBuffer()));
        const identity = await vault.identity();
        const by = ["--key-label", label, "--identity", identity];
        const listed = await line(["vault", file, "list", ...by]);
        assert.match(listed.stdout, /key .* encrypt "photos"/);
        await line(["open", sealed, "--vault", file, "-o", out, ...by]);
        assert.equal(readFileSync(out, "utf8"), "a contract");
        // By its id, which is its label here.
        rmSync(out);
        await line(["open", sealed, "--vault", file, "-o", out, "--key-id", Buffer.from(label).toString("hex"), "--identity", identity]);
        await refused(line(["vault", file, "list", "--key-label", label]), 5, /--identity/);
        // The PIN from a descriptor.
        const given = [commandLine(), "vault", file, "list", ...by, "--pkcs11", module(), "--pin-fd", "3"];
        const { stdout } = await run("sh", ["-c", 'exec "$@" 3<<PIN\n12345678\nPIN', "sh", ...given], { env });
        assert.equal(stdout, listed.stdout);
        await vault.close();
      });
    }

    for (const kind of KINDS) {
      it(`is a gate by a key of ${kind}: beside a passphrase, in a page by a service in front of the token, and from the command line`, async () => {
        const label = `gate ${kind}`;
        await on("hsm_token", label, kind);
        const { Strongroom, kmsGate, newRecoveryKit, passphrase } = strongroom;
        const publicJwk = JSON.parse(await on("hsm_open", label));
        let asked = 0;
        const service = {
          publicKey: async () => publicJwk,
          unwrap: async (/** @type {any} */ { encryptedKey, epk }) => {
            asked += 1;
            const request = encryptedKey ? { encryptedKey: Buffer.from(encryptedKey).toString("base64url") } : { epk };
            return new Uint8Array(Buffer.from(JSON.parse(await answered(label, request)), "base64url"));
          },
        };
        const factors = [passphrase(SECRET), kmsGate(publicJwk), await newRecoveryKit()];
        const vault = await Strongroom.create({ name: label, factors, requires: ["passphrase", "kms"] });
        await vault.keys.create({ alias: "photos", purpose: "encrypt" });
        await vault.lock();
        await assert.rejects(vault.unlock(passphrase(SECRET)), { code: "ERR_SECOND_FACTOR" });
        assert.equal(asked, 0);
        await vault.unlock([passphrase(SECRET), kmsGate(service)]);
        assert.equal(asked, 1);
        const file = await backUp(vault);
        const typed = join(dirname(file), "typed.txt");
        writeFileSync(typed, SECRET, { mode: 0o600 });
        await refused(line(["vault", file, "list", "--key-label", label]), 3, /--passphrase/);
        await refused(line(["vault", file, "list", "--key-label", label, "--passphrase-file", typed], "00000000"), 3, /PIN/);
        const { stdout } = await line(["vault", file, "list", "--key-label", label, "--passphrase-file", typed]);
        assert.match(stdout, /key .* encrypt "photos"/);
        // Both from descriptors.
        const given = [commandLine(), "vault", file, "list", "--key-label", label, "--pkcs11", module(), "--pin-fd", "3", "--passphrase-fd", "4"];
        const typedTwice = await run("sh", ["-c", `exec "$@" 3<<PIN 4<<TYPED\n${PINS.pin}\nPIN\n${SECRET}\nTYPED`, "sh", ...given], { env });
        assert.equal(typedTwice.stdout, stdout);
        await vault.close();
      });
    }

    it("decrypts an object by a key there from the command line, and none of another key's", async () => {
      for (const label of ["line objects", "line other"]) await on("hsm_token", label, "P-256");
      const { encrypt } = await installed("strongroom/standalone");
      const publicJwk = JSON.parse(await on("hsm_open", "line objects"));
      const object = await encrypt("a contract", { recipients: [publicJwk], context: { case: "7" } });
      const folder = temporaryFolder();
      const [file, out] = /** @type {[string, string]} */ (["a.srm", "a.txt"].map((one) => join(folder, one)));
      writeFileSync(file, new Uint8Array(await (await object.blob()).arrayBuffer()));
      const open = (/** @type {string[]} */ ...more) => line(["open", file, "-o", out, "--context", "case=7", ...more]);
      await refused(open("--key-label", "line objects"), 5, /--allow-unsigned/);
      await refused(open("--key-label", "line other", "--allow-unsigned"), 4, /not for the key of --pkcs11/);
      assert.equal(existsSync(out), false);
      await open("--key-label", "line objects", "--allow-unsigned");
      assert.equal(readFileSync(out, "utf8"), "a contract");
    });

    for (const kind of KINDS) {
      it(`opens what a vault encrypted for a key of ${kind} too from the command line`, async () => {
        const label = `shared ${kind}`;
        await on("hsm_token", label, kind);
        const { Strongroom, passphrase } = strongroom;
        const publicJwk = JSON.parse(await on("hsm_open", label));
        const vault = await Strongroom.create({ name: label, factors: [passphrase(SECRET)] });
        await vault.keys.create({ alias: "claims", purpose: "encrypt" });
        const object = await vault.encrypt("a contract", { key: "claims", recipients: [{ ...publicJwk, kid: "urn:acme:claims" }] });
        const folder = temporaryFolder();
        const [file, out] = /** @type {[string, string]} */ (["a.srm", "a.txt"].map((one) => join(folder, one)));
        writeFileSync(file, new Uint8Array(await (await object.blob()).arrayBuffer()));
        const open = ["open", file, "-o", out, "--key-label", label, "--identity", await vault.identity()];
        await refused(line(open), 4, /--kid/);
        await line([...open, "--kid", "urn:acme:claims"]);
        assert.equal(readFileSync(out, "utf8"), "a contract");
        await vault.close();
      });
    }

    it("tells from the command line what is wrong with a token's PIN, label or key", async () => {
      for (const label of ["line first", "line second"]) await on("hsm_token", label, "P-256");
      const { Strongroom, escrow, passphrase } = strongroom;
      const publicJwk = JSON.parse(await on("hsm_open", "line first"));
      const vault = await Strongroom.create({ name: "told", factors: [passphrase(SECRET), escrow(publicJwk)] });
      const file = await backUp(vault);
      const list = ["vault", file, "list", "--identity", await vault.identity()];
      await refused(line([...list, "--key-label", "line second"]), 3, /no escrow of this vault is the key of --pkcs11/);
      await refused(line(list), 2, /more than one private key .*"line first"/);
      await refused(line([...list, "--key-label", "none"]), 2, /no such private key/);
      await refused(line([...list, "--key-id", "0"]), 2, /--key-id is no CKA_ID/);
      await refused(line([...list, "--key-label", "line first", "--token-label", "another"]), 2, new RegExp(`--token-label.*"${LABEL}"`));
      await refused(line([...list, "--key-label", "line first"], "87654320"), 3, /the PIN is not the token's/);
      await refused(run(commandLine(), [...list, "--pkcs11", program("hsm_open")], { env }), 1, /the module that --pkcs11 names cannot be used/);
      await line([...list, "--key-label", "line first"]);
      await vault.close();
    });

    it("opens none of another key's, and none by a wrong PIN", async () => {
      for (const label of ["first", "second"]) await on("hsm_token", label, "P-256");
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

/** It ends with an exit code, and says why. @param {Promise<unknown>} running @param {number} code @param {RegExp} told */
async function refused(running, code, told) {
  await assert.rejects(running, (/** @type {any} */ error) => {
    assert.equal(error.code, code, error.stderr);
    assert.match(error.stderr, told);
    return true;
  });
}

/** A file with the vault's backup. @param {any} vault */
async function backUp(vault) {
  const file = join(temporaryFolder(), "backup.json");
  writeFileSync(file, new Uint8Array(await (await vault.backup()).arrayBuffer()));
  return file;
}

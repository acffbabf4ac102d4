/** Opening what there is, and making what there is not. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { isStrongroomError, passphrase, Strongroom, StrongroomError } from "strongroom";
import * as inline from "strongroom/inline";
import { downloadFromS3 } from "strongroom/s3";
import { code, secret, vaultWithKey } from "./support.mjs";

test("open with a factor unlocks, or leaves nothing open", async () => {
  const { name } = await vaultWithKey();
  const vault = await Strongroom.open({ name, factor: secret() });
  assert.ok(vault.unlocked);
  assert.deepEqual((await vault.keys.list()).map(({ alias }) => alias), ["photos"]);
  await assert.rejects(Strongroom.open({ name, factor: passphrase("other") }), code("ERR_WRONG_FACTOR"));
  await assert.rejects(Strongroom.open({ name, factor: /** @type {any} */ ("a") }), code("ERR_ARGUMENT"));
});

test("openOrCreate makes a vault once, and opens it from then on", async () => {
  const name = "either";
  assert.equal(await Strongroom.exists(name), false);
  const made = await Strongroom.openOrCreate({ name, factor: secret() });
  assert.ok(made.unlocked);
  assert.equal(await Strongroom.exists(name), true);
  const opened = await Strongroom.openOrCreate({ name, factor: secret() });
  assert.equal(opened.id, made.id);
  assert.ok(opened.unlocked);
  await assert.rejects(
    Strongroom.openOrCreate({ name, factor: passphrase("other") }),
    code("ERR_WRONG_FACTOR"),
  );
});

test("several at once, and there is one vault", async () => {
  const all = [1, 2, 3].map(() => Strongroom.openOrCreate({ name: "at once", factor: secret() }));
  const vaults = await Promise.all(all);
  assert.equal(new Set(vaults.map(({ id }) => id)).size, 1);
});

test("openOrCreate makes no vault where one was seen before", async () => {
  const seen = await (await vaultWithKey()).lastSeenHead();
  const open = Strongroom.openOrCreate({ name: "gone", factor: secret(), lastSeenHead: seen });
  await assert.rejects(open, code("ERR_NO_VAULT"));
  assert.equal(await Strongroom.exists("gone"), false);
});

test("ensure makes a key once, and finds it from then on", async () => {
  const vault = await vaultWithKey();
  const made = await vault.keys.ensure({ alias: "notes", labels: { app: "demo" } });
  const found = await vault.keys.ensure({ alias: "notes" });
  assert.equal(found.id, made.id);
  assert.deepEqual(found.labels, { app: "demo" });
  const several = await Promise.all(["a", "a", "a"].map((alias) => vault.keys.ensure({ alias })));
  assert.equal(new Set(several.map(({ id }) => id)).size, 1);
});

test("ensure takes no key for one that it is not", async () => {
  const vault = await vaultWithKey();
  await assert.rejects(vault.keys.ensure({ alias: "photos", purpose: "sign" }), code("ERR_PURPOSE"));
  const { id } = await vault.keys.get("photos");
  // The id of another key, as an alias.
  const named = await vault.keys.ensure({ alias: id }).catch((error) => error);
  if (named instanceof Error) assert.equal(/** @type {any} */ (named).code, "ERR_ARGUMENT");
  else assert.equal(named.alias, id);
});

test("an error of any copy of the package is known as one", async () => {
  const mine = await Strongroom.open({ name: "nobody" }).catch((error) => error);
  const other = await inline.Strongroom.open({ name: "nobody" }).catch((error) => error);
  for (const error of [mine, other]) {
    assert.ok(isStrongroomError(error) && inline.isStrongroomError(error));
    assert.equal(error.code, "ERR_NO_VAULT");
  }
  assert.ok(!(other instanceof StrongroomError));
  for (const foreign of [undefined, null, "x", new Error("x"), { code: "ERR_NO_VAULT" }]) {
    assert.ok(!isStrongroomError(foreign));
  }
});

test("strongroom/s3 lets an error of another copy pass as it is", async () => {
  const error = await inline.Strongroom.open({ name: "nobody" }).catch((failure) => failure);
  const get = () => Promise.reject(error);
  await assert.rejects(downloadFromS3({ get }), (thrown) => thrown === error);
});

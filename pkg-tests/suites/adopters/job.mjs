/** The main job, driven in the page that an adopter's project became. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { load, story } from "../../harness/browsers/drive.mjs";
import { startServer } from "../../harness/servers/server.mjs";

/** A page whose origin is none of the demo server's has the server's store all the same. */
const anyPage = fileURLToPath(new URL("../../pages/plain", import.meta.url));

/** @param {string} origin of the page that uses it */
export const startStore = (origin) => startServer(anyPage, { origins: [origin] });

/** @typedef {Awaited<ReturnType<typeof startServer>>} Store */
/** @typedef {import("selenium-webdriver").WebDriver} Driver */

/**
 * The whole job, with a reload in its middle.
 *
 * @param {Driver} driver
 * @param {string} page its address
 * @param {Store} store
 * @param {string} [key] the object's name in it
 */
export async function mainJob(driver, page, store, key) {
  await load(driver, page);
  const object = await begin(driver, store, key);
  await load(driver, page);
  await resume(driver, object);
}

/**
 * Create, encrypt, upload, download, decrypt. Gives what `resume` needs.
 *
 * @param {Driver} driver
 * @param {Store} store
 */
export async function begin(driver, store, key = "cat.srm") {
  const object = { put: await presigned(store, "put", key), get: await presigned(store, "get", key) };
  const { size, text } = await story(driver, "begin", object);
  assert.equal(text, "a picture");
  const stored = readFileSync(join(store.data, "strongroom", key));
  assert.equal(stored.length, size);
  assert.ok(!stored.includes("a picture"));
  return object;
}

/** Open, unlock, download, decrypt, lock. @param {Driver} driver @param {Awaited<ReturnType<typeof begin>>} object */
export async function resume(driver, object) {
  const expected = { refused: "ERR_LOCKED", text: "a picture", again: "ERR_LOCKED" };
  assert.deepEqual(await story(driver, "resume", object), expected);
}

/** @param {{ origin: string }} server @param {"put" | "get"} action @param {string} key */
async function presigned({ origin }, action, key) {
  const response = await fetch(`${origin}/api/presign`, {
    method: "POST",
    headers: { "content-type": "application/json", origin },
    body: JSON.stringify({ action, key }),
  });
  assert.ok(response.ok, await response.clone().text());
  return response.json();
}

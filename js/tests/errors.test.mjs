import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import * as strongroom from "strongroom";
import { errorsPage } from "../errors-page.mjs";

const page = readFileSync(new URL("../../docs/errors.md", import.meta.url), "utf8");

test("the page of errors says what the source says; npm run errors writes it", () => {
  assert.equal(page, errorsPage());
});

test("the page names every class that the package exports, and no other", () => {
  const exported = Object.keys(strongroom).filter((name) => /^[A-Z]\w*Error$/.test(name) && name !== "StrongroomError");
  const named = Array.from(page.matchAll(/^\| `ERR_\w+` \| `(\w+)`/gm), ([, name]) => name);
  assert.deepEqual(named.toSorted(), exported.toSorted());
});

/** What only the page, the Worker and the transfers report: the core knows nothing of browsers and networks. */
const NOT_OF_THE_CORE = [
  "ERR_BLOCKED",
  "ERR_EVICTED",
  "ERR_INPUT",
  "ERR_INTERNAL",
  "ERR_KMS",
  "ERR_NO_RANGES",
  "ERR_QUOTA",
  "ERR_TRANSFER",
  "ERR_WASM",
  "ERR_WEAK_PASSPHRASE",
  "ERR_WORKER",
];

test("there is a class for each error of the core, and none for a code that nothing reports", () => {
  const core = JSON.parse(readFileSync(new URL("../../tests/samples/errors.json", import.meta.url), "utf8"));
  const reported = new Set([...core.map(({ code }) => code), ...NOT_OF_THE_CORE]);
  const classes = Array.from(page.matchAll(/^\| `(ERR_\w+)` \|/gm), ([, code]) => code);
  assert.deepEqual(classes.toSorted(), [...reported].toSorted());
});

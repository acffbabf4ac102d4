import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import * as strongroom from "../dist/index.js";
import { errorsPage } from "../errors-page.mjs";

const page = readFileSync(new URL("../../docs/errors.md", import.meta.url), "utf8");

test("the page of errors says what the source says; npm run errors writes it", () => {
  assert.equal(page, errorsPage());
});

test("the page names every class that the package exports, and no other", () => {
  const exported = Object.keys(strongroom).filter((name) => name.endsWith("Error") && name !== "StrongroomError");
  const named = Array.from(page.matchAll(/^\| `ERR_\w+` \| `(\w+)`/gm), ([, name]) => name);
  assert.deepEqual(named.toSorted(), exported.toSorted());
});

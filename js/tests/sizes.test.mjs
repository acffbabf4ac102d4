/** What a page downloads. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { ALARM, downloads, EXPECTED } from "../sizes.mjs";

test("what a page downloads grows by no more than 3 % over the figure in sizes.json", () => {
  const packed = downloads().reduce((sum, size) => sum + size.packed, 0);
  const hint = "find out why, or add the new figure and its reason to js/sizes.json";
  assert.ok(packed <= ALARM, `${packed} bytes of brotli, where ${EXPECTED} are expected: ${hint}`);
});

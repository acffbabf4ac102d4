/** What a page downloads. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { BUDGET, downloads } from "../sizes.mjs";

test("what a page downloads stays within its budget", () => {
  const packed = downloads().reduce((sum, size) => sum + size.packed, 0);
  assert.ok(packed <= BUDGET, `${packed} bytes of brotli, ${BUDGET} are allowed`);
});

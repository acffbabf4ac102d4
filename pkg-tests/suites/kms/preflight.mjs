/** What a fake tells the pages of other origins. */
import assert from "node:assert/strict";
import { FAKE_HEADER, FAKE_NOTICE } from "../../harness/kms/fake.mjs";

export const PAGE = "https://page.example";

/** What a page of another origin is told before it may ask. @param {string} url @param {string} headers */
export async function preflight(url, headers) {
  const asks = { origin: PAGE, "access-control-request-method": "POST", "access-control-request-headers": headers };
  const answer = await fetch(url, { method: "OPTIONS", headers: asks });
  assert.equal(answer.headers.get(FAKE_HEADER), FAKE_NOTICE);
  return { origin: answer.headers.get("access-control-allow-origin"), headers: answer.headers.get("access-control-allow-headers")?.toLowerCase() };
}

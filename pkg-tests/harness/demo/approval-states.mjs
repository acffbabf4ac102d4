/** The states of the demo page's view of approvals, and of the vault's policy. */
import { Console } from "./console.mjs";
import { handle } from "./page.mjs";

/** Nobody's thumbprint: what names it is approved by nobody. */
const NOBODY = "A".repeat(43);

/**
 * There are two keys more at the end, “approvals” and “payroll of the whole company”, and the files are in sight again.
 *
 * @param {import("./page.mjs").Page} page unlocked, by a passphrase alone
 * @returns {AsyncGenerator<string>}
 */
export async function* approvalStates(page) {
  const keys = new Console(page);
  const dismiss = () => page.driver.executeScript("document.querySelector('[data-testid=notice-dismiss]')?.click()");
  await keys.press("to-approvals");
  await page.find("make-approver");
  yield "approvals: nothing is asked for, and there is no key that approves";
  await keys.press("make-approver");
  await page.find("approver");
  await dismiss();
  yield "approvals: a key that approves";
  await keys.make("payroll of the whole company");
  await keys.press("edit-policy");
  for (const box of ["approval-destroy", "approval-scheduleDestroy"]) await keys.press(box);
  await page.type("policy-approvers", NOBODY);
  await page.find("approval-alone");
  yield "a policy that one person's approval is for, and that can be taken away without it";
  await keys.press("policy-form-submit");
  await page.gone("policy-dialog");
  await dismiss();
  yield "a key that somebody else decides of";
  await keys.consider("key-scheduleDestroy");
  await page.type("action-reason", "the company is sold, and its payroll is done by the new owner’s own department from next month on");
  await page.click("action-form-submit");
  await page.find("action-form-ask");
  yield "what was refused, since nobody has approved it";
  await page.click("action-form-ask");
  await page.find("approval-request");
  const text = String(await (await page.appears(handle("request-source"))).getAttribute("textContent"));
  await dismiss();
  yield "approvals: a request that is open";
  await keys.press("carry-out-request");
  await page.type("carry-out-approval", "nothing");
  await page.click("carry-out-form-submit");
  await page.text("carry-out-form-error");
  yield "what is no approval";
  await page.click("carry-out-close");
  await keys.press("approve-request");
  await page.type("request-text", "nothing");
  await page.click("read-request-submit");
  await page.text("read-request-error");
  yield "what is no request";
  await (await page.find("request-text")).clear();
  await page.type("request-text", text);
  await page.click("read-request-submit");
  await page.click("request-exactly");
  await page.click("approve-form-submit");
  await page.text("approve-form-error");
  yield "a request that this vault itself has made";
  await page.click("approve-close");
  await keys.press("cancel-request");
  await page.find("no-requests");
  await keys.openList();
  await keys.press("edit-vault-policy");
  await page.find("policy-form");
  yield "the vault's policy";
  await page.click("policy-dialog-close");
  await keys.openFiles();
}

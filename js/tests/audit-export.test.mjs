/** The audit log as files for other systems. That its events are OCSF's is for `interop.test.mjs`, which has the schema. */
import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { ArgumentError, passphrase, PolicyError } from "strongroom";
import { code, secret, vaultWithKey } from "./support.mjs";

const EXPORTS = `
export { OPERATION_NAMES, ocsfOperation } from "./src/page/audit/ocsf-operations.ts";
export { LINE_FORMATS } from "./src/page/audit/export-formats.ts";
export { toldEntry } from "./src/page/audit/told-entry.ts";`;
const resolveDir = fileURLToPath(new URL("..", import.meta.url));
const define = { STRONGROOM_RELEASE: '"0.0.0+test"' };
const { outputFiles } = await build({ stdin: { contents: EXPORTS, resolveDir }, bundle: true, format: "esm", write: false, define });
const { OPERATION_NAMES, ocsfOperation, LINE_FORMATS, toldEntry } = await import(
  `data:text/javascript;base64,${Buffer.from(outputFiles[0].contents).toString("base64")}`
);

const REASON = 'the "auditors", want it; now';

/** A vault that writes a log, whose key is "photos", with a use, a refusal and a failed unlock in it. */
async function audited() {
  const vault = await vaultWithKey();
  await vault.audit.start({ failClosed: true, reason: REASON });
  await vault.audit.start({ failClosed: false, reason: REASON });
  const photos = await vault.keys.get("photos");
  await vault.encryptValue(1, { key: "photos", reason: "=HYPERLINK(\"http://a.example\")" });
  await photos.setPolicy({ operations: ["setPolicy"] });
  await assert.rejects(vault.encryptValue(1, { key: "photos" }), PolicyError);
  await vault.audit.flush();
  vault.lock();
  await assert.rejects(vault.unlock(passphrase("another one, that is wrong")), code("ERR_WRONG_FACTOR"));
  await vault.unlock(secret());
  return { vault, photos };
}

const textOf = (stream) => new Response(stream).text();
const linesOf = async (stream) => (await textOf(stream)).split("\n").filter(Boolean).map((line) => JSON.parse(line));

const ids = ({ category_uid, class_uid, activity_id, type_uid, status_id, severity_id }) =>
  [category_uid, class_uid, activity_id, type_uid, status_id, severity_id];

/** A reader of RFC 4180 that knows nothing of the writer. @param {string} text */
function readCsv(text) {
  const rows = [[""]];
  let quoted = false;
  for (let at = 0; at < text.length; at++) {
    const [sign, row] = [text[at], rows.at(-1)];
    if (quoted) {
      if (sign !== '"') row[row.length - 1] += sign;
      else if (text[at + 1] === '"') row[row.length - 1] += text[++at];
      else quoted = false;
    } else if (sign === '"') quoted = true;
    else if (sign === ",") row.push("");
    else if (sign === "\r" && text[at + 1] === "\n") {
      rows.push([""]);
      at++;
    } else row[row.length - 1] += sign;
  }
  assert.deepEqual(rows.pop(), [""], "the last line has its end");
  const [names, ...cells] = rows;
  return cells.map((row) => {
    assert.equal(row.length, names.length);
    return Object.fromEntries(row.map((cell, at) => [names[at], cell]));
  });
}

test("each operation that the core can write into an entry is one class and one activity of OCSF, and no other is", () => {
  const root = new URL("../../src/", import.meta.url);
  const found = new Set();
  const literal = /(?:Request::of|Entry::new|log_unlock|const NAME: &str =) ?\(?\s*"(\w+)"(?!\)\.unasked)/g;
  for (const path of readdirSync(root, { recursive: true, encoding: "utf8" })) {
    if (!/^(vault|audit|keys.merge).*\.rs$/.test(path) || /tests/.test(path)) continue;
    const [source] = readFileSync(new URL(path, root), "utf8").split("#[cfg(test)]\nmod tests");
    // What is part of an unlock, or of writing the log, is no entry.
    for (const [, name] of source.matchAll(literal)) found.add(name);
    for (const [, given] of source.matchAll(/Request::of\(\s*([^")][^)]*)\)?/g)) {
      const known = ["NAME", "MERGE", "name", "request.name(", "operation.as_str("].includes(given) || given.startsWith("operation: &'static str");
      assert.ok(known, `${path}: Request::of(${given}): teach this test where the name comes from`);
    }
  }
  // Of keys: what their policies know, and what adds one.
  const keys = readFileSync(new URL("keys/operation.rs", root), "utf8");
  const actions = [...readFileSync(new URL("keys/lifecycle.rs", root), "utf8").matchAll(/Self::\w+[^\n]* => Operation::(\w+),/g)];
  assert.ok(actions.length >= 10);
  for (const [, name] of actions) {
    const [, text] = keys.match(new RegExp(`Self::${name} => "(\\w+)"`)) ?? assert.fail(name);
    found.add(text);
  }
  // On the vault: what its policy knows.
  const [, ofVault] = keys.match(/const OF_VAULT[^[]*\[Self; \d+\] = \[([^\]]*)\]/) ?? assert.fail("OF_VAULT");
  for (const [, name] of ofVault.matchAll(/Self::(\w+),/g)) {
    found.add(keys.match(new RegExp(`Self::${name} => "(\\w+)"`))[1]);
  }
  for (const name of ["importKey", "createKey"]) {
    assert.match(readFileSync(new URL("vault/keys.rs", root), "utf8"), new RegExp(`^            "${name}"$`, "m"));
    found.add(name);
  }
  assert.ok(found.size > 50, `${found.size}`);
  assert.deepEqual([...found].toSorted(), OPERATION_NAMES.toSorted());
  assert.equal(new Set(OPERATION_NAMES).size, OPERATION_NAMES.length);
  assert.deepEqual(ocsfOperation("of a later release"), { of: 3004, activity: 99, severity: 1, entity: "Vault" });
});

test("JSON Lines have each entry once, the earliest first, where it comes from, and no reason unless it is asked for", async () => {
  const { vault, photos } = await audited();
  const entries = [];
  for await (const entry of vault.audit.each()) entries.unshift(entry);
  const { log, device } = (await vault.audit.state()) ?? {};
  const lines = await linesOf(vault.audit.export({ format: "jsonl" }));
  const source = { vault: vault.id, log, device };
  const expected = entries.map(({ reason, ...entry }) => {
    assert.ok(reason === undefined || entry.sequence < 6);
    return Object.assign({}, source, entry, entry.operation === "failUnlock" && { unproven: true });
  });
  assert.deepEqual(lines, expected);
  assert.deepEqual(
    lines.map(({ operation }) => operation),
    ["beginAudit", "create", "createKey", "startAudit", "startAudit", "encryptValue", "setPolicy", "encryptValue", "lock", "unlock", "failUnlock"],
  );
  assert.ok(lines.some(({ unproven, failed }) => unproven && failed === 1));
  const told = await linesOf(vault.audit.export({ format: "jsonl", reasons: true }));
  assert.equal(told[3].reason, REASON);

  const only = await linesOf(vault.audit.export({ format: "jsonl", key: "photos", error: "ERR_POLICY" }));
  assert.deepEqual(only.map(({ operation, rule, keys }) => [operation, rule, keys[0].key]), [["encryptValue", "operations", photos.id]]);
  const done = await linesOf(vault.audit.export({ format: "jsonl", key: photos, done: true, operation: "setPolicy", from: 0, to: Date.now() + 60_000 }));
  assert.equal(done.length, 1);
  assert.equal(await textOf(vault.audit.export({ format: "jsonl", from: Date.now() + 60_000 })), "");
  await vault.close();
});

test("no format has a name that somebody chose, or a reason, unless it is asked for", async () => {
  const { vault } = await audited();
  for (const format of ["jsonl", "ocsf", "csv", "cef"]) {
    const bare = await textOf(vault.audit.export({ format }));
    assert.doesNotMatch(bare, /photos|auditors|HYPERLINK/, format);
    assert.match(await textOf(vault.audit.export({ format, reasons: true })), /auditors/, format);
  }
  await vault.close();
});

test("options that are none are refused at once", async () => {
  const { vault } = await audited();
  for (const wrong of [undefined, {}, { format: "xml" }, { format: "constructor" }, { format: "csv", limit: 1 }, { format: "csv", before: 1 }, { format: "csv", reasons: 1 }]) {
    assert.throws(() => vault.audit.export(/** @type {any} */ (wrong)), ArgumentError, JSON.stringify(wrong));
  }
  await assert.rejects(textOf(vault.audit.export({ format: "csv", key: "nobody's" })), code("ERR_NO_KEY"));
  await assert.rejects(textOf(vault.audit.export({ format: "csv", from: -1 })), ArgumentError);
  await vault.close();
});

test("a spreadsheet runs no cell, and RFC 4180 gives each one back", async () => {
  const { vault } = await audited();
  const rows = readCsv(await textOf(vault.audit.export({ format: "csv", reasons: true })));
  assert.equal(rows[3].reason, REASON);
  assert.equal(rows[5].reason, `'=HYPERLINK("http://a.example")`);
  assert.deepEqual(rows.map(({ sequence }) => sequence), rows.map((_, at) => String(at)));
  assert.deepEqual([rows[7].outcome, rows[7].error, rows[7].rule], ["failure", "ERR_POLICY", "operations"]);
  assert.match(rows[5].keys, /^'?[\w-]{22}\.[\w-]{22}\*1$/);
  assert.match(rows[5].time, /^\d{4}-\d\d-\d\dT[\d:.]{12}Z$/);
  await vault.close();

  const entry = { sequence: 0, at: 0, operation: "encrypt", keys: [] };
  const source = { vault: "-vault", log: "log", device: "device" };
  for (const sign of ["=", "+", "-", "@", "\t", "\r", "\n"]) {
    const reason = `${sign}cmd|' /C calc'!A0`;
    const line = LINE_FORMATS.csv.line(toldEntry(source, { ...entry, reason }, true));
    const [row] = readCsv(LINE_FORMATS.csv.header + line);
    assert.deepEqual([row.reason, row.vault], [`'${reason}`, "'-vault"]);
  }
  // Another separator makes cells of what stands in one, unless it is quoted.
  for (const reason of ["a;1", "a|=1", "a =1", 'a"', "a\r\nb", "a,b", "plain"]) {
    const line = LINE_FORMATS.csv.line(toldEntry(source, { ...entry, reason }, true));
    assert.ok(line.endsWith(`,"${reason.replaceAll('"', '""')}"\r\n`), JSON.stringify(line));
  }
  // A row whose first cell is not quoted to its end is split within quotes too.
  for (const [reason, told] of [
    ["a;=1+1;b", "a;'=1+1;b"],
    ["a\t=1;@b", "a\t'=1;'@b"],
    ["a\r\n+1\n-1", "a\r\n'+1\n'-1"],
    ["a; =1", "a;' =1"],
    ['a;"=1"', `a;'"=1"`],
  ]) {
    const line = LINE_FORMATS.csv.line(toldEntry(source, { ...entry, reason }, true));
    const [row] = readCsv(LINE_FORMATS.csv.header + line);
    assert.equal(row.reason, told);
    for (const cell of line.split(/[;\t\r\n]/u).slice(1)) assert.doesNotMatch(cell, /^[\s"]*[=+@-]/u, JSON.stringify(line));
  }
  const far = LINE_FORMATS.csv.line(toldEntry(source, { ...entry, at: 2 ** 53 }, false));
  assert.match(far, /^"'-vault","log","device","0","9007199254740992","encrypt",/);
  assert.match(far, /^"[^"]*"(,"[^"]*")*\r\n$/, "each cell is quoted");
});

test("a line of CEF is one line, and what it says cannot be another member", async () => {
  const { vault } = await audited();
  const text = await textOf(vault.audit.export({ format: "cef", reasons: true }));
  const lines = text.trimEnd().split("\n");
  assert.equal(lines.length, (await vault.audit.state())?.size);
  for (const line of lines) assert.match(line, /^CEF:0\|strongroom\|strongroom\|[\d.]+\+\w+\|(\w+)\|\1\|\d\|rt=\d+ act=\1 outcome=(success|failure) /);
  assert.match(lines[5], / msg=\\=HYPERLINK\("http:\/\/a\.example"\) externalId=/);
  assert.match(lines[7], / outcome=failure reason=ERR_POLICY externalId=[\w-]{22}\/7 .*cs3=operations cs3Label=rule/);
  await vault.close();

  const source = { vault: "v", log: "l", device: "d" };
  const hostile = { sequence: 0, at: 1, operation: "a|b\\c\nd", keys: [], reason: "x act=destroy\r\ny\u2028CEF:0|\\|\u0085z" };
  const line = LINE_FORMATS.cef.line(toldEntry(source, hostile, true));
  assert.match(line, /^[^\n\r\u0085\u2028\u2029]*\n$/);
  assert.ok(line.startsWith("CEF:0|strongroom|strongroom|0.0.0+test|a\\|b\\\\c d|a\\|b\\\\c d|1|rt=1 "), line);
  assert.ok(line.includes(" msg=x act\\=destroy\\ny\\nCEF:0|\\\\|\\nz externalId=l/0 "), line);
});

test("a line of JSON is one line, whatever a reader takes for the end of one", () => {
  const entry = { sequence: 0, at: 0, operation: "encrypt", keys: [], reason: "a\u2028b\u2029c\u0085d\ne" };
  for (const format of ["jsonl", "ocsf"]) {
    const line = LINE_FORMATS[format].line(toldEntry({ vault: "v", log: "l", device: "d" }, entry, true));
    assert.match(line, /^[^\n\r\u0085\u2028\u2029]*\n$/);
    const read = JSON.parse(line);
    assert.equal((read.unmapped ?? read).reason, entry.reason);
  }
});

test("events of OCSF say which class and activity they are of, how it ended, and which entry they are", async () => {
  const { vault, photos } = await audited();
  const { log, device } = (await vault.audit.state()) ?? {};
  const events = await linesOf(vault.audit.export({ format: "ocsf" }));
  const [begun, , , , , used, changed, refused] = events;
  assert.deepEqual(ids(begun), [3, 3004, 1, 300401, 1, 1]);
  assert.deepEqual(ids(used), [6, 6005, 9, 600509, 1, 1]);
  assert.deepEqual(ids(changed), [3, 3004, 3, 300403, 1, 2]);
  assert.deepEqual(ids(refused), [6, 6005, 9, 600509, 2, 3]);
  assert.deepEqual([refused.status, refused.status_code, refused.status_detail], ["Failure", "ERR_POLICY", "operations"]);
  assert.deepEqual(changed.entity, { type_id: 99, type: "Key", uid: photos.id });
  assert.deepEqual(used.database, { uid: vault.id, type: "Vault", type_id: 99 });
  assert.deepEqual(used.src_endpoint, { uid: device });
  const { product, ...metadata } = used.metadata;
  assert.deepEqual(metadata, { version: "1.8.0", uid: `${log}/5`, sequence: 5, event_code: "encryptValue", log_name: log });
  assert.match(product.version, /^\d+\.\d+\.\d+\+/);
  const unlocks = events.filter(({ class_uid }) => class_uid === 3002);
  assert.deepEqual(unlocks.map(({ status_id, unmapped }) => [status_id, unmapped.failed, unmapped.unproven]).toSorted(), [[1, undefined, undefined], [1, undefined, undefined], [2, 1, true]]);
  const [factor] = await vault.factors.list();
  assert.ok(unlocks.some(({ user }) => user.uid === vault.id && user.credential_uid === factor.id));
  await vault.close();
});

test("a file is of one log, though another one begins while it is read", async () => {
  const vault = await vaultWithKey({ factors: [secret(), passphrase("stolen horse battery staple")] });
  for (let at = 0; at < 1100; at++) await vault.encryptValue(at, { key: "photos" });
  await vault.audit.flush();
  const { log } = (await vault.audit.state()) ?? {};
  const reader = vault.audit.export({ format: "jsonl" }).getReader();
  const chunks = [(await reader.read()).value];
  const [, stolen] = await vault.factors.list();
  await vault.factors.revoke(stolen.id, { factor: secret(), compromised: true });
  for (let { done, value } = await reader.read(); !done; { done, value } = await reader.read()) chunks.push(value);
  const lines = Buffer.concat(chunks).toString().trimEnd().split("\n").map((line) => JSON.parse(line));
  assert.deepEqual(new Set(lines.map((line) => line.log)), new Set([log]));
  assert.deepEqual(lines.map(({ sequence }) => sequence), lines.map((_, at) => at));
  assert.ok(lines.length >= 1103, `${lines.length}`);
  await vault.close();
});

test("a long log comes in pieces, each read when it is asked for, and says how far it is", async () => {
  const vault = await vaultWithKey();
  for (let at = 0; at < 1500; at++) await vault.encryptValue(at, { key: "photos" });
  await vault.audit.flush();
  const told = [];
  const stream = vault.audit.export({ format: "jsonl", onProgress: (progress) => told.push(progress) });
  await new Promise((resolve) => setTimeout(resolve, 50));
  assert.deepEqual(told, [], "nothing is read before it is asked for");
  const chunks = [];
  for await (const chunk of stream) chunks.push(Buffer.from(chunk));
  assert.equal(chunks.length, 2);
  const lines = Buffer.concat(chunks).toString().trimEnd().split("\n").map((line) => JSON.parse(line).sequence);
  assert.deepEqual(lines, Array.from({ length: 1503 }, (_, at) => at));
  assert.deepEqual(told.at(-1), { done: 1503, total: 1503 });
  assert.equal(told.length, 2);
  const some = vault.audit.export({ format: "csv", operation: "nothing" });
  assert.equal((await textOf(some)).split("\r\n").length, 2, "a file without entries has its first line");

  const reader = vault.audit.export({ format: "csv" }).getReader();
  await reader.read();
  await reader.cancel();
  assert.deepEqual(await reader.read(), { done: true, value: undefined });
  const abort = new AbortController();
  const aborted = vault.audit.export({ format: "csv", signal: abort.signal }).getReader();
  await aborted.read();
  abort.abort(new Error("enough"));
  await assert.rejects(aborted.read(), code("ERR_ABORTED"));
  const never = vault.audit.export({ format: "csv", signal: AbortSignal.abort() });
  await assert.rejects(textOf(never), code("ERR_ABORTED"));
  const locked = vault.audit.export({ format: "csv" }).getReader();
  await locked.read();
  await vault.lock();
  await assert.rejects(locked.read(), code("ERR_LOCKED"));
  await vault.close();
});

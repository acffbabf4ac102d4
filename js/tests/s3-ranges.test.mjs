/** Parts of objects by `strongroom/s3`, and its policy of trying again. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { openFromS3, withRetries } from "strongroom/s3";
import { storeServer } from "./store-server.mjs";
import { code, pattern, vaultWithKey } from "./support.mjs";

const { answers, asked, at } = await storeServer();
const vault = await vaultWithKey();
const plain = pattern(2_000_000);
const stored = Buffer.from(await (await vault.encrypt(plain, { key: "photos" })).bytes());
const other = Buffer.from(await (await vault.encrypt(plain, { key: "photos" })).bytes());

/** Answers with the part that was asked for. */
const part = (bytes = stored, etag = '"one"') => (request, response) => {
  const [, first, last] = /^bytes=(\d+)-(\d+)$/.exec(request.headers.range);
  const end = Math.min(Number(last) + 1, bytes.length);
  const headers = { "content-range": `bytes ${first}-${end - 1}/${bytes.length}`, ...(etag && { etag }) };
  response.writeHead(206, headers).end(bytes.subarray(Number(first), end));
};
/** The beginning of the part that was asked for. */
const cut = (request, response) => {
  const [, first, last] = /^bytes=(\d+)-(\d+)$/.exec(request.headers.range);
  const headers = { "content-range": `bytes ${first}-${last}/${stored.length}`, etag: '"one"', "content-length": last - first + 1 };
  response.writeHead(206, headers).write(stored.subarray(Number(first), Number(first) + 1000));
  setTimeout(() => response.destroy(), 50);
};
const never = () => {};
const refusal = (status, name) => [status, {}, `<Error><Code>${name}</Code><Message>no</Message></Error>`];
const whole = async (film) => assert.deepEqual(await film.read(1_000_000, 100), plain.subarray(1_000_000, 1_000_100));

function presigner() {
  let signed = 0;
  return { get: async () => ({ url: at(`get?${signed++}`) }) };
}

async function opened(options, ...answered) {
  answers.length = 0;
  asked.length = 0;
  answers.push(part(), part(), ...answered);
  const film = await vault.openObject(await openFromS3(presigner(), { retries: 1, ...options }));
  asked.length = 0;
  return film;
}

test("one URL serves until it is refused, and the next one from there on", async () => {
  const film = await opened({}, part(), refusal(403, "AccessDenied"), part(), part());
  await whole(film);
  assert.deepEqual(await film.read(10, 5), plain.subarray(10, 15));
  assert.deepEqual(await film.read(700_000, 5), plain.subarray(700_000, 700_005));
  assert.deepEqual(asked.map(({ path }) => path), ["/get?0", "/get?0", "/get?1", "/get?1"]);
  assert.ok(asked.every(({ headers }) => headers["if-match"] === '"one"'));
  film.close();
});

test("an ExpiredToken of status 400 asks for another URL too, and a second refusal is told", async () => {
  const film = await opened({}, refusal(400, "ExpiredToken"), part(), refusal(403, "InvalidAccessKeyId"), refusal(403, "InvalidAccessKeyId"), part());
  await whole(film);
  await assert.rejects(film.read(10, 5), { code: "ERR_TRANSFER", status: 403, storeCode: "InvalidAccessKeyId" });
  assert.deepEqual(await film.read(10, 5), plain.subarray(10, 15));
  film.close();
});

test("a store in trouble and a connection that broke are tried again, and told", async () => {
  const seen = [];
  const onRetrying = ({ error, attempt }) => seen.push([error.status, attempt]);
  const film = await opened({ onRetrying, retries: 2 }, [503], part(), (_request, response) => response.destroy(), part());
  await whole(film);
  assert.deepEqual(seen.splice(0), [[503, 1]]);
  assert.deepEqual(await film.read(10, 5), plain.subarray(10, 15));
  assert.deepEqual(seen.splice(0), [[undefined, 1]]);
  answers.push(cut, cut, cut);
  await assert.rejects(film.read(700_000, 5), { code: "ERR_TRANSFER", status: undefined });
  film.close();
});

test("a replaced object is told, by its tag, its length or its bytes", async () => {
  for (const answer of [[412], [416], part(stored, '"two"'), part(Buffer.concat([stored, Buffer.alloc(1)]))]) {
    const film = await opened({}, refusal(403, "AccessDenied"), answer);
    await assert.rejects(film.read(1_000_000, 5), code("ERR_CHANGED"));
    film.close();
  }
  answers.length = 0;
  answers.push(part(stored, ""), part(stored, ""), part(other, ""), part(other, ""));
  const film = await vault.openObject(await openFromS3(presigner()));
  await assert.rejects(film.read(1_000_000, 5), code("ERR_CHANGED"));
});

test("a store without ranges, an empty object and a wrong answer of the presigner say so", async () => {
  for (const [answer, expected] of [[[200], "ERR_NO_RANGES"], [[416], "ERR_NO_RANGES"], [[404], "ERR_TRANSFER"]]) {
    answers.length = 0;
    answers.push(answer);
    await assert.rejects(openFromS3(presigner()), code(expected));
  }
  await assert.rejects(openFromS3({ get: async () => ({ error: "no" }) }), code("ERR_ARGUMENT"));
  await assert.rejects(openFromS3(presigner(), { retry: 3 }), { code: "ERR_ARGUMENT", message: /`retry`/ });
  answers.length = 0;
});

test("a signal, the object's end and a lock end what is waited for", async () => {
  const stop = new AbortController();
  const aborted = await opened({ signal: stop.signal }, never);
  const read = aborted.read(1_000_000, 5);
  setTimeout(() => stop.abort(), 50);
  await assert.rejects(read, code("ERR_ABORTED"));
  await assert.rejects(aborted.read(10, 5), code("ERR_ABORTED"));
  // Five pauses would be ten seconds.
  const film = await opened({ retries: 5 }, ...Array.from({ length: 6 }, () => [503]));
  const waits = film.read(1_000_000, 5);
  setTimeout(() => film.close(), 50);
  await assert.rejects(waits, code("ERR_CLOSED"));
  await new Promise((resolve) => setTimeout(resolve, 1200));
  assert.ok(asked.length <= 2, `${asked.length} requests after the end`);
  answers.length = 0;
});

test("withRetries tries what may pass again, and takes a refused Response for a failure", async () => {
  const seen = [];
  answers.push([503], refusal(400, "RequestTimeout"), [200, {}, "yes"]);
  const onRetrying = ({ error }) => seen.push(error.storeCode ?? error.status);
  const again = [];
  const response = await withRetries(async (more) => (again.push(more), fetch(at("header"))), { onRetrying });
  assert.equal(await response.text(), "yes");
  assert.deepEqual([seen, again], [[503, "RequestTimeout"], [false, true, true]]);
  answers.push([404]);
  await assert.rejects(withRetries(() => fetch(at("header"))), { code: "ERR_TRANSFER", status: 404 });
  const own = new TypeError("mine");
  await assert.rejects(withRetries(async () => { throw own; }, { retries: 0 }), { code: "ERR_TRANSFER", cause: own });
  await assert.rejects(withRetries(() => {}, { tries: 1 }), { code: "ERR_ARGUMENT", message: /`tries`/ });
  const stop = new AbortController();
  const waits = withRetries(() => new Promise(() => {}), { signal: stop.signal });
  stop.abort();
  await assert.rejects(waits, code("ERR_ABORTED"));
});

const hangs = () => new Promise(() => {});

test("an attempt that never settles is ended by withRetries, and tried again", { timeout: 20_000 }, async () => {
  const [signals, seen] = [[], []];
  const onRetrying = ({ error }) => seen.push([error.code, error.status, error.message]);
  const work = async (again, { signal }) => {
    signals.push(signal);
    return again ? "done" : new Promise(() => {});
  };
  assert.equal(await withRetries(work, { silence: 50, retries: 1, onRetrying }), "done");
  assert.deepEqual(seen, [["ERR_TRANSFER", undefined, "the store has stopped answering"]]);
  assert.deepEqual(signals.map(({ aborted }) => aborted), [true, false]);
  await assert.rejects(withRetries(hangs, { silence: 20, retries: 0 }), { code: "ERR_TRANSFER", message: /stopped answering/ });
  // Where somebody can be asked, they are: several silences would only cost time.
  let questions = 0;
  const onInterrupted = async () => {
    questions += 1;
    if (questions === 2) throw new Error("given up");
  };
  await assert.rejects(withRetries(hangs, { silence: 20, onInterrupted }), /given up/);
  assert.equal(questions, 2);
});

test("an attempt may take longer than its silence while it says that something moves", { timeout: 20_000 }, async () => {
  let attempts = 0;
  const work = async (again, { heard }) => {
    attempts += 1;
    for (let step = 0; step < 6; step += 1) {
      await new Promise((resolve) => setTimeout(resolve, 100));
      heard();
    }
    return attempts;
  };
  assert.equal(await withRetries(work, { silence: 400, retries: 0 }), 1);
  assert.equal(await withRetries(async () => "at once", { silence: Infinity }), "at once");
  for (const silence of [0, -1, NaN, "1"]) {
    await assert.rejects(withRetries(work, { silence }), { code: "ERR_ARGUMENT", message: /silence/ });
  }
});

test("the signal of an attempt is aborted with the call's, and outlives the attempt", { timeout: 20_000 }, async () => {
  const stop = new AbortController();
  let seen;
  await withRetries(async (_, { signal }) => void (seen = signal), { signal: stop.signal, silence: 20 });
  await new Promise((resolve) => setTimeout(resolve, 60));
  assert.equal(seen.aborted, false);
  stop.abort();
  assert.equal(seen.aborted, true);
});

test("an error of the caller's own can say that nothing was answered, or nothing in time", { timeout: 20_000 }, async () => {
  const [said, waits] = [[], []];
  const failures = [
    Object.assign(new Error("out of reach"), { status: 0 }),
    new DOMException("too slow", "TimeoutError"),
    Object.assign(new Error("busy"), { status: 503, retryAfter: 0.01 }),
  ];
  const onRetrying = ({ error, delay }) => (said.push([error.status, error.message]), waits.push(delay));
  const work = async () => {
    if (failures.length > 0) throw failures.shift();
    return "done";
  };
  assert.equal(await withRetries(work, { onRetrying }), "done");
  assert.deepEqual(said, [
    [undefined, "Error: out of reach"],
    [undefined, "the store has stopped answering"],
    [503, "Error: busy"],
  ]);
  assert.equal(waits[2], 10);
});

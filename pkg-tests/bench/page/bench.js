/** The steps that are measured. Times are in milliseconds. */
import { init, passphrase, Strongroom } from "./strongroom/dist/index.js";

const SECRET = "correct horse battery staple";
/** Rows that are written at once when a vault is put into the database, and their bytes. */
const SLICE = 5000;
const SLICE_BYTES = 16 * 1024 * 1024;

const now = () => performance.timeOrigin + performance.now();

/** The Workers that this page starts, with the times when they began and ended. */
const workers = [];
globalThis.Worker = class extends Worker {
  constructor(...given) {
    super(...given);
    this.life = { from: now() };
    workers.push(this.life);
  }
  terminate() {
    this.life.to ??= now();
    super.terminate();
  }
};

await init({ worker: new URL("worker.js", location.href) });

let vault;
const floor = new Worker("floor.js", { type: "module" });

function ask(...call) {
  return new Promise((resolve, reject) => {
    const told = ({ data: { value, error } }) => (error ? reject(new Error(error)) : resolve(value));
    floor.addEventListener("message", told, { once: true });
    floor.postMessage(call);
  });
}

const pause = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));

async function timed(work) {
  const from = performance.now();
  const value = await work();
  return { value, took: performance.now() - from };
}

async function repeated(times, work) {
  const took = [];
  for (let at = 0; at < times; at++) took.push((await timed(() => work(at))).took);
  return took;
}

/** What the vault's Worker has noted. */
function watched() {
  const channel = new BroadcastChannel("watch");
  return new Promise((resolve) => {
    channel.addEventListener("message", ({ data }) => {
      if (data === "tell") return;
      channel.close();
      resolve(data);
    });
    channel.postMessage("tell");
  });
}

/** Waits until the vault's Worker has asked nothing of its database for a second, and tells what it noted. */
async function quiet() {
  for (;;) {
    await pause(500);
    const events = await watched();
    const busy = events.some(({ what, from, to }) => what !== "pause" && now() - (to ?? Infinity) < 1000 && from);
    if (!busy) return events;
  }
}

/** The longest time for which this thread did nothing else, until it is stopped. */
function stalls() {
  const { port1, port2 } = new MessageChannel();
  let [last, longest, on] = [performance.now(), 0, true];
  port1.addEventListener("message", () => {
    longest = Math.max(longest, performance.now() - last);
    if (!on) return;
    setTimeout(() => {
      last = performance.now();
      port2.postMessage(0);
    }, 2);
  });
  port1.start();
  port2.postMessage(0);
  return () => {
    on = false;
    return longest;
  };
}

const within = (events, kind, from, to) =>
  events.filter(({ what, from: began }) => what === kind && began >= from && began <= to);

const longest = (events) => Math.max(0, ...events.map(({ from, to }) => to - from));

async function opened(name) {
  vault?.close();
  vault = await Strongroom.open({ name });
  return vault;
}

/** A request or a transaction. */
const ended = (target, event) =>
  new Promise((resolve, reject) => {
    target.addEventListener(event, resolve);
    for (const failure of ["error", "abort"]) target.addEventListener(failure, () => reject(target.error));
  });

window.story = {
  /** Puts a vault's rows into the package's database. */
  async fill(name, address) {
    // The package makes it.
    await Strongroom.list();
    const opening = indexedDB.open("strongroom");
    await ended(opening, "success");
    const encoder = new TextEncoder();
    let [rest, rows, size, at] = ["", [], 0, 1];
    const write = async () => {
      const transaction = opening.result.transaction(["vaults", "rows"], "readwrite", { durability: "strict" });
      const stored = transaction.objectStore("rows");
      for (const row of rows) stored.put(row, [name, row.type, row.id, row.version]);
      transaction.objectStore("vaults").put(at, name);
      await ended(transaction, "complete");
      [rows, size] = [[], 0];
    };
    const text = (await fetch(address)).body.pipeThrough(new TextDecoderStream());
    for (const reader = text.getReader(); ; ) {
      const { done, value } = await reader.read();
      if (done) break;
      const lines = (rest + value).split("\n");
      rest = lines.pop();
      for (const line of lines) {
        const { sequence, bytes, ...row } = JSON.parse(line);
        if (sequence) {
          at = sequence;
          continue;
        }
        rows.push({ ...row, bytes: encoder.encode(bytes) });
        size += bytes.length;
        if (rows.length === SLICE || size > SLICE_BYTES) await write();
      }
    }
    await write();
    opening.result.close();
  },

  async open(name) {
    await opened(name);
    await vault.unlock(passphrase(SECRET));
    await quiet();
  },

  /** What auditors get of the vault that is open: how long each takes, its bytes, and the longest stall of the page meanwhile. */
  async evidence() {
    const measured = {};
    const measure = async (what, work) => {
      const stalled = stalls();
      const { value, took } = await timed(work);
      measured[what] = { took, bytes: value.size, stall: stalled() };
    };
    let report;
    await measure("cbom", () => vault.inventory.cbom());
    await measure("report", async () => {
      report = await vault.report();
      return report.json();
    });
    await measure("page", () => report.html());
    return measured;
  },

  /** The floor, then the same with a new vault key, so many times. */
  async rotations(name, records, rounds) {
    await ask("hold", name, "version", records);
    await ask("put", "version", records);
    const results = [];
    for (let at = 0; at < rounds; at++) {
      const put = await ask("put", "version", records);
      const from = now();
      const { took, value } = await timed(() => vault.rotateVaultKey());
      const events = await watched();
      const reads = events.filter(({ what, from: began }) => what.startsWith("get") && began >= from);
      const [commit] = within(events, "transaction", from, now());
      results.push({
        floor: put,
        took,
        records: value.records,
        read: Math.max(...reads.map(({ to }) => to ?? 0).filter((to) => to <= commit.from)) - from,
        commit: commit.to - commit.from,
      });
    }
    return results;
  },

  /** Opens and unlocks a vault, and ends what it begins in the background. */
  async unlocking(name) {
    const opening = await timed(() => opened(name));
    const before = workers.length;
    const unlocking = await timed(() => vault.unlock(passphrase(SECRET)));
    // The one for Argon2id, which ends with it.
    const [argon2id] = workers.slice(before);
    while (!argon2id.to) await pause(1);
    vault.close();
    vault = undefined;
    return { open: opening.took, unlock: unlocking.took, argon2id: argon2id.to - argon2id.from };
  },

  /** Unlocks, lists at once, and waits for nothing. */
  async firstList(name) {
    await opened(name);
    await vault.unlock(passphrase(SECRET));
    const stalled = stalls();
    const { took } = await timed(() => vault.keys.page({ limit: 50 }));
    return { took, main: stalled() };
  },

  /** What goes on in the background after an unlock. */
  async survey(name) {
    await opened(name);
    await vault.unlock(passphrase(SECRET));
    const from = now();
    const stalled = stalls();
    const events = await quiet();
    const reads = events.filter(({ what, to }) => what.startsWith("get") && to > from);
    const index = reads.filter(({ of }) => of === "catalog");
    const ends = (some) => Math.max(...some.map(({ to }) => to)) - from;
    const firstOther = reads.find(({ of, rows }) => of === "rows" && rows > 1);
    const indexed = index.filter(({ from: began }) => !firstOther || began < firstOther.from);
    return {
      index: ends(indexed.length ? indexed : index),
      all: ends(reads),
      main: stalled(),
      worker: longest(within(events, "pause", from, now())),
      reads: reads.length,
    };
  },

  /** How long calls wait while the survey goes on. */
  async during(name, alias) {
    await opened(name);
    await vault.unlock(passphrase(SECRET));
    const from = performance.now();
    const took = [];
    while (performance.now() - from < 1500) took.push((await timed(() => vault.keys.get(alias))).took);
    return took;
  },

  lookups: (aliases) => repeated(aliases.length, (at) => vault.keys.get(aliases[at])),
  pages: (times, query) => repeated(times, () => vault.keys.page(query)),
  creations: (times, prefix) => repeated(times, (at) => vault.keys.create({ alias: `${prefix}-${at}` })),

  async logPages(times, query) {
    let found;
    const took = await repeated(times, async () => {
      const { entries } = await vault.audit.page(query);
      found = entries.length;
    });
    return { found, took };
  },

  /** What an entry of a use adds to what is to be written: one row and the head. */
  async appends(times) {
    const took = [];
    for (let at = 0; at < times; at++) {
      await vault.encryptValue(at, { key: "key-1" });
      took.push((await timed(() => vault.audit.flush())).took);
    }
    return took;
  },

  proofs: (sequences) => repeated(sequences.length, (at) => vault.audit.prove(sequences[at])),

  /** From one batch to the next, as they are shipped from the log's beginning. */
  async batches(name, times) {
    const at = [];
    const send = async () => at.push(performance.now());
    const destination = `${name} ${performance.now()}`;
    const shipment = await vault.audit.ship(send, { name: destination });
    while (at.length <= times) await pause(5);
    await shipment.stop();
    // A cut would wait for it.
    await vault.audit.forgetDestination({ name: destination });
    return at.slice(1, times + 1).map((to, before) => to - at[before]);
  },

  /** Takes the entries before a time away. */
  async cutLog(before) {
    const { value, took } = await timed(() => vault.audit.cut({ before }));
    return { entries: value.entries, took };
  },

  async verified(times) {
    let fault;
    const took = await repeated(times, async () => {
      ({ fault } = await vault.audit.verify());
    });
    return { fault, took };
  },

  /** How long the Worker reads and computes when it looks for what is due. */
  async tick() {
    await quiet();
    const before = now();
    await vault.keys.create({ alias: `tick-${before}` });
    const from = now();
    await pause(9_000);
    const events = await quiet();
    const reads = events.filter(({ what, from: began }) => what.startsWith("get") && began >= from);
    const pauses = within(events, "pause", from, now());
    return {
      took: reads.length ? Math.max(...reads.map(({ to }) => to)) - Math.min(...reads.map(({ from: began }) => began)) : 0,
      rows: reads.reduce((sum, { rows = 0 }) => sum + rows, 0),
      worker: longest(pauses),
    };
  },

  async floors(name) {
    await ask("hold", name, "version", 10);
    await ask("put", "version", 4);
    const [catalog, row, put] = [[], await ask("get", name, "key", 50), []];
    for (let at = 0; at < 5; at++) catalog.push(await ask("getAll", name, "catalog"));
    for (let at = 0; at < 10; at++) put.push(await ask("put", "version", 4));
    return { catalog, row, put };
  },

  /** Whether a whole vault passes through a backup, in the page. */
  async backup(name, address) {
    const bytes = await (await fetch(address)).blob();
    const { took } = await timed(() => Strongroom.restore(bytes, { name }));
    return { took, bytes: bytes.size };
  },
  close() {
    vault?.close();
    vault = undefined;
  },
};

/** Steps for the life of keys, beside those of story.js: mostly the published surface as it is. */
import { passphrase, Strongroom } from "./strongroom/dist/index.js";
import { encrypt } from "./strongroom/dist/standalone.js";
import "./factors.js";
import { putInto, rowsOf, settled, vaults } from "./story.js";

const base64 = (bytes) => btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(""));
const base64Url = (bytes) => base64(bytes).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
const bytesOf = (text) => Uint8Array.from(atob(text), (char) => char.charCodeAt(0));
const textOf = (bytes) => new TextDecoder().decode(bytes);

/** What a test is told of an object: its body as base64, its header as text. */
async function stored(object) {
  const { id, header } = object;
  const body = await object.bytes();
  return { id, header: textOf(header), body: base64(body), size: body.byteLength };
}

async function opened(object) {
  return { id: object.id, origin: object.origin, metadata: object.metadata, text: await object.text() };
}

/** A header that was moved, as it crosses to a test. */
const told = ({ id, key, from, to, header }) => ({ id, key, from, to, header: header && textOf(header) });

/** How far a rewrapping came. */
function counts({ failures, ...report }) {
  return { ...report, failures: failures.map(({ error }) => error.code) };
}

/** Where the page keeps headers, as its server would. */
const HEADERS = "headers";

async function headersKept() {
  const rows = await rowsOf(HEADERS);
  return Object.fromEntries(rows.map(([, { id, header }]) => [id, header]));
}

const keepHeader = ({ id, header }) => header && putInto(HEADERS, id, { id, header: textOf(header) });

/** Of vaults' audit logs, by the vaults' names. */
const shipments = new Map();

/** The id of the version that a header is for. */
const versionOf = (header) => JSON.parse(header).recipients[0].header.kid.split(".")[1];

/** @type {BroadcastChannel} */
let faults;

/** What the database holds: the object stores' names, keys and values. */
async function rawRows() {
  const database = await settled(indexedDB.open("strongroom"));
  const rows = [];
  for (const store of database.objectStoreNames) {
    const objects = database.transaction(store).objectStore(store);
    const [keys, values] = await Promise.all([settled(objects.getAllKeys()), settled(objects.getAll())]);
    keys.forEach((key, at) => rows.push({ store, key, value: values[at] }));
  }
  database.close();
  return rows;
}

/** Writes past the package: instead of all there is, or beside it. */
async function overwrite(rows, instead) {
  const database = await settled(indexedDB.open("strongroom"));
  const stores = ["vaults", "rows"];
  const transaction = database.transaction(stores, "readwrite");
  if (instead) for (const store of stores) transaction.objectStore(store).clear();
  for (const { store, key, value } of rows) transaction.objectStore(store).put(value, key);
  await new Promise((resolve, reject) => {
    transaction.addEventListener("complete", resolve);
    transaction.addEventListener("abort", () => reject(transaction.error));
  });
  database.close();
}

/** Headers that come one by one, as from a server. */
async function* oneByOne(headers) {
  for (const header of headers) yield header;
}

/** The primary version, or the newest one that waits to be activated. */
function versionFor(key, method) {
  if (method !== "activate") return key.primaryVersion;
  return key.version(key.versions.findLast((version) => version.can(method))?.id ?? "none");
}

Object.assign(window.story, {
  vault: (name, method, ...given) => vaults.get(name)[method](...given),
  keyring: (name, method, ...given) => vaults.get(name).keys[method](...given),
  auditing: (name, method, ...given) => vaults.get(name).audit[method](...given),
  loaded: () => ({ names: performance.getEntriesByType("resource").map(({ name }) => name) }),
  ship: async (name, destination, options) => {
    shipments.set(name, await vaults.get(name).audit.ship(destination, options));
  },
  /** The batches that a receiver gets who has nothing. */
  batches: async (name, options) => {
    const batches = [];
    const send = async (batch) => void batches.push(batch);
    const shipment = await vaults.get(name).audit.ship(send, { name: crypto.randomUUID(), ...options });
    while (shipment.state.status !== "ended" && (batches.length === 0 || shipment.state.behind > 0)) await new Promise((go) => setTimeout(go, 20));
    await shipment.stop();
    return batches;
  },
  /** A certificate that says the same, by another identity. */
  forgeCertificate: async ({ certificate }) => {
    const pair = await crypto.subtle.generateKey({ name: "ECDSA", namedCurve: "P-256" }, true, ["sign"]);
    const { kty, crv, x, y } = await crypto.subtle.exportKey("jwk", pair.publicKey);
    const header = base64Url(new TextEncoder().encode(JSON.stringify({ alg: "ES256", typ: "sr-audit+jws", jwk: { crv, kty, x, y } })));
    const signed = `${header}.${certificate.split(".")[1]}`;
    const signature = await crypto.subtle.sign({ name: "ECDSA", hash: "SHA-256" }, pair.privateKey, new TextEncoder().encode(signed));
    return `${signed}.${base64Url(new Uint8Array(signature))}`;
  },
  shipment: (name) => {
    const { status, shipped, behind, lastError } = shipments.get(name).state;
    return { status, shipped, behind, error: lastError?.code };
  },
  exportLog: (name, options) => new Response(vaults.get(name).audit.export(options)).text(),
  alerting: (name, method, ...given) => vaults.get(name).alerts[method](...given),
  reporting: async (name, options) => {
    const report = await vaults.get(name).report(options);
    const html = await report.html();
    return { document: report.document, json: await report.json().text(), html: await html.text(), type: html.type };
  },
  /** Alerts are noted as events are; the watch ends with the page. */
  watchAlerts: (name, options) => void vaults.get(name).alerts.watch(options),
  objects: (name, method, ...given) => vaults.get(name).objects[method](...given),
  key: async (name, alias, method, ...given) => {
    const key = await vaults.get(name).keys.get(alias);
    return (method in key ? key : versionFor(key, method))[method](...given);
  },
  version: async (name, alias, number, method, ...given) => {
    const key = await vaults.get(name).keys.get(alias);
    return key.version(number)[method](...given);
  },
  openSeen: async (name, lastSeenHead) => {
    vaults.set(name, await Strongroom.open({ name, lastSeenHead }));
  },
  close: (name) => vaults.get(name).close(),

  seal: async (name, text, options) => stored(await vaults.get(name).encrypt(text, options)),
  pin: async (name, text, options) => (await vaults.get(name).encrypt(new Blob([text]), options)).resumeToken(),
  unseal: async (name, body, options) => opened(await vaults.get(name).decrypt(bytesOf(body), options)),
  reencrypt: async (name, body, options) => stored(await vaults.get(name).reencrypt(bytesOf(body), options)),
  /** By somebody who has the public half and no vault. */
  sealFor: async (recipient, text) => stored(await encrypt(text, { recipients: recipient })),
  verify: async (name, token, options) => {
    const { payload, ...said } = await vaults.get(name).verify(token, options);
    return { ...said, payload: textOf(payload) };
  },
  import: (name, material, options) => {
    const given = material.raw ? bytesOf(material.raw) : material;
    return vaults.get(name).keys.import(given, options);
  },
  export: async (name, alias, secret, version) => {
    const key = await vaults.get(name).keys.get(alias);
    return key.dangerouslyExport({ factor: passphrase(secret), version });
  },

  /** All headers, from something that gives them one by one: what was moved, the report and the progress. */
  rewrap: async (name, headers, options) => {
    const progress = [];
    const onProgress = ({ done }) => progress.push(done);
    const rewrapping = vaults.get(name).rewrap(oneByOne(headers), { ...options, onProgress });
    const moved = [];
    const report = await rewrapping.run((rewrapped) => moved.push(told(rewrapped)));
    await Promise.resolve();
    return { moved, report: counts(report), progress };
  },
  /** Aborted once so many were stored: what was stored by then, and why it ended. */
  rewrapSome: async (name, headers, count) => {
    const controller = new AbortController();
    const rewrapping = vaults.get(name).rewrap(headers, { signal: controller.signal });
    const moved = [];
    const ended = await rewrapping
      .run((rewrapped) => {
        if (moved.push(told(rewrapped)) === count) controller.abort();
      })
      .catch(({ code }) => code);
    return { moved, ended, report: counts(rewrapping.report) };
  },
  /** Of the inventory's objects, those under a version; headers that are elsewhere are in `headers`, by id. */
  rewrapTracked: async (name, filter, headers = {}) => {
    const vault = vaults.get(name);
    const fetchHeader = ({ id }) => headers[id] ?? Promise.reject(new Error("not there"));
    const moved = [];
    const report = await vault
      .rewrap(vault.objects.each(filter), { fetchHeader })
      .run((rewrapped) => moved.push(told(rewrapped)));
    return { moved, report: counts(report) };
  },
  /** Revokes a version, and moves what depends on it as the report offers. */
  revoke: async (name, alias, number, options, headers) => {
    const key = await vaults.get(name).keys.get(alias);
    const report = await (number ? key.version(number) : key.primaryVersion).revoke(options);
    const dependents = [];
    for await (const { id } of report.dependents()) dependents.push(id);
    const moved = headers && (await report.rewrap({ fetchHeader: ({ id }) => headers[id] }).run());
    return { ...report, dependents, rewrapped: moved && counts(moved) };
  },
  /** Objects of the inventory, their headers in the vault or in a database of the page's: bodies by id. */
  makeObjects: async (name, key, count, inVault) => {
    const vault = vaults.get(name);
    const bodies = {};
    for (let at = 0; at < count; at++) {
      const object = await vault.encrypt("tracked", inVault ? { key, header: "vault" } : { key, detached: true });
      const { id, header } = object;
      bodies[id] = base64(await object.bytes());
      if (inVault) continue;
      await putInto(HEADERS, id, { id, header: textOf(header) });
      await object.track({ location: id });
    }
    return bodies;
  },
  /** Moves the headers of one kind, and stores each. */
  moveObjects: async (name, kind) => {
    const vault = vaults.get(name);
    const headers = await headersKept();
    const objects = (await vault.objects.list()).filter(({ header }) => header === kind);
    const rewrapping = vault.rewrap(objects, { fetchHeader: ({ id }) => headers[id] });
    return counts(await rewrapping.run(keepHeader));
  },
  /** Opens every object; how many of each kind the inventory has under which version. */
  readObjects: async (name, bodies) => {
    const vault = vaults.get(name);
    const headers = await headersKept();
    const objects = await vault.objects.list();
    const under = { vault: {}, elsewhere: {} };
    for (const { id, header, version } of objects) {
      const how = header === "vault" ? { object: id } : { header: headers[id] };
      const plain = await vault.decrypt(bytesOf(bodies[id]), how);
      if ((await plain.text()) !== "tracked") throw new Error(`${id} is another`);
      under[header][version] = (under[header][version] ?? 0) + 1;
    }
    return {
      ids: objects.map(({ id }) => id),
      under,
      stored: Object.fromEntries(Object.entries(headers).map(([id, header]) => [id, versionOf(header)])),
      inventory: Object.fromEntries(objects.map(({ id, version }) => [id, version])),
    };
  },
  /** Where a vault's records are, and their revisions; as the database has them. */
  records: async () => {
    const rows = await rowsOf("strongroom");
    const records = rows.map(([, value]) => value).filter((value) => typeof value === "object");
    return records.map(({ type, id, version, revision }) => ({ type, id, version, revision }));
  },

  /** A backup, as base64, restored. */
  restoreFrom: async (name, backup) => {
    vaults.set(name, await Strongroom.restore(bytesOf(backup), { name }));
  },

  /** The backup that the page holds, restored under a name: as on another device. */
  restoreHeldAs: async (name) => {
    const vault = await Strongroom.restore(window.backup, { name });
    vaults.set(name, vault);
    return vault.restored;
  },
  /** The backup that the page holds, united with a vault. */
  mergeHeld: (name, secret) =>
    vaults.get(name).merge(window.backup, secret === undefined ? {} : { factor: passphrase(secret) }),

  /** Remembers what the database holds now, under a name. */
  saveRows: async (as) => {
    window.saved ??= {};
    window.saved[as] = await rawRows();
    return window.saved[as].length;
  },
  /** What somebody does who can write to the database: everything as it was. */
  rollBack: async (to) => overwrite(window.saved[to], true),
  /** Some records as they were, others as they are: those of these types, or all but those of `but`. */
  rollBackSome: async (to, { only, but = [], id }) => {
    const chosen = ({ type, id: its }) => (only ?? [type]).includes(type) && !but.includes(type) && (id ?? its) === its;
    const rows = window.saved[to].filter(({ store, value }) => store === "rows" && chosen(value));
    await overwrite(rows, false);
    return rows.length;
  },
  /**
   * One character of one record, the first of its type: of its ciphertext, or of a statement's signature. Elsewhere a change
   * is another error, by what it makes of a name or a number.
   */
  flip: async (type) => {
    const rows = await rawRows();
    const row = rows.find(({ store, value }) => store === "rows" && value.type === type);
    const bytes = new Uint8Array(row.value.bytes);
    const before = type === "statement" ? "." : '"ciphertext":"';
    const found = new TextDecoder("latin1").decode(bytes).lastIndexOf(before);
    if (found < 0) throw new Error(`a record that is not encrypted: ${type}`);
    const at = found + before.length;
    bytes[at] = bytes[at] === 0x41 ? 0x42 : 0x41;
    await overwrite([{ ...row, value: { ...row.value, bytes } }], false);
  },
  /** The value of one record under the key of another of its type. */
  misplace: async (type) => {
    const rows = (await rawRows()).filter(({ store, value }) => store === "rows" && value.type === type);
    await overwrite([{ ...rows[0], value: rows[1].value }], false);
  },
  types: async () => [...new Set((await rawRows()).filter(({ store }) => store === "rows").map(({ value }) => value.type))],
  /** Anew, by this release, with what another one left. */
  downgrade: async () => {
    const rows = (await rawRows()).filter(({ store }) => store !== "later");
    await settled(indexedDB.deleteDatabase("strongroom"));
    await Strongroom.list();
    await overwrite(rows, true);
  },

  /** Takes room away, and gives it back. */
  putBallast: (bytes) => putInto("ballast", "it", crypto.getRandomValues(new Uint8Array(bytes))),
  dropBallast: () => settled(indexedDB.deleteDatabase("ballast")),

  /** Does something to the vault's Worker; see faulty.js. */
  fault: (fault, value) => {
    faults ??= new BroadcastChannel("faults");
    const done = new Promise((resolve) => {
      faults.addEventListener("message", ({ data }) => data === `done: ${fault}` && resolve(data));
    });
    // oxlint-disable-next-line unicorn/require-post-message-target-origin
    faults.postMessage({ fault, value });
    return done;
  },
  /** Closes a vault whose change is done, of which its Worker has not heard: what became of the call. */
  closeInTheMiddle: async (name, step, ...given) => {
    await window.story.fault("holdNextChange");
    const held = new Promise((resolve) => {
      faults.addEventListener("message", ({ data }) => data === "held" && resolve(data));
    });
    const called = window.story[step](name, ...given);
    await Promise.race([held, called]);
    const closed = vaults.get(name).close();
    await window.story.fault("letGo");
    const [outcome] = await Promise.allSettled([called, closed]);
    return outcome.reason?.code;
  },
  /** A new vault key while another release upgrades the database: what became of either. */
  upgradeInTheMiddle: async (name) => {
    const rotated = vaults.get(name).rotateVaultKey();
    const later = window.story.laterRelease().catch((error) => {
      // WebKit says so while our transaction runs to its end.
      if (error.code !== "ERR_BLOCKED") throw error;
      return rotated.catch(() => {}).then(window.story.laterRelease);
    });
    const outcomes = await Promise.allSettled([rotated, later]);
    return outcomes.map(({ value, reason }) => reason?.code ?? (value.generation ? "rotated" : value));
  },

  /** Why the vault was locked, once it is. */
  watchLock: (name) => {
    window.locked = new Promise((resolve) => {
      const locked = ({ detail: { reason } }) => resolve(`${reason.code}: ${reason.message}`);
      vaults.get(name).addEventListener("lock", locked, { once: true });
    });
  },
  whyLocked: () => window.locked,
});

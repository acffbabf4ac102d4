/** Steps for the life of keys, beside those of story.js: mostly the published surface as it is. */
import { encrypt, passphrase, Strongroom } from "./strongroom/dist/index.js";
import { vaults } from "./story.js";

const base64 = (bytes) => btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(""));
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
const told = ({ source, header, ...moved }) => ({ ...moved, header: header && textOf(header) });

/** How far a rewrapping came. */
function counts({ failures, ...report }) {
  return { ...report, failures: failures.map(({ error }) => error.code) };
}

/** Headers that come one by one, as from a server. */
async function* oneByOne(headers) {
  for (const header of headers) yield header;
}

Object.assign(window.story, {
  vault: (name, method, ...given) => vaults.get(name)[method](...given),
  keyring: (name, method, ...given) => vaults.get(name).keys[method](...given),
  objects: (name, method, ...given) => vaults.get(name).objects[method](...given),
  key: async (name, alias, method, ...given) => (await vaults.get(name).keys.get(alias))[method](...given),
  version: async (name, alias, number, method, ...given) => {
    const key = await vaults.get(name).keys.get(alias);
    return key.version(number)[method](...given);
  },
  openSeen: async (name, lastSeenHead) => {
    vaults.set(name, await Strongroom.open({ name, lastSeenHead }));
  },
  close: (name) => vaults.get(name).close(),

  seal: async (name, text, options) => stored(await vaults.get(name).encrypt(text, options)),
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
    const report = await (number ? key.version(number) : key).revoke(options);
    const dependents = [];
    for await (const { id } of report.dependents()) dependents.push(id);
    const moved = headers && (await report.rewrap({ fetchHeader: ({ id }) => headers[id] }).run());
    return { ...report, dependents, rewrapped: moved && counts(moved) };
  },
  /** Why the vault was locked, once it is. */
  watchLock: (name) => {
    window.locked = new Promise((resolve) => {
      vaults.get(name).onLock = ({ code, message }) => resolve(`${code}: ${message}`);
    });
  },
  whyLocked: () => window.locked,
});

/** Steps with an escrow at a key management service, beside those of story.js. */
import { escrow, escrowKey, kmsGate, newRecoveryKit, passphrase, Strongroom } from "./strongroom/dist/index.js";
import * as kms from "./strongroom/dist/kms.js";
import { vaults } from "./story.js";

/** What was noted of each, by its name. */
const identities = new Map();

/** How an adapter asks for what lets it in: what is given, one after the other. What it said of each is kept. */
function adapterOf(provider, options, given) {
  const [left, renewed] = [[...given], []];
  const ask = ({ renew }) => {
    renewed.push(renew);
    return left.length > 1 ? left.shift() : left[0];
  };
  const asking = provider === "awsKms" ? { credentials: ask } : { accessToken: ask };
  return { adapter: kms[provider]({ ...options, ...asking }), renewed };
}

Object.assign(window.story, {
  /** A vault that a key opens besides a passphrase, by its public half alone. */
  async createEscrowed(name, secret, jwk) {
    const vault = await Strongroom.create({ name, factors: [passphrase(secret), escrow(jwk)] });
    vaults.set(name, vault);
    identities.set(name, await vault.identity());
    await vault.keys.create({ alias: "photos" });
    await vault.decryptValue(await vault.encryptValue("kept", { key: "photos" }));
    const [, held] = await vault.factors.list();
    await vault.lock();
    return held.key.kid;
  },
  /** Unlocks it by the service: whether it did, or why not, and what was said of the credentials. */
  async unlockByKms(name, provider, options, given) {
    const { adapter, renewed } = adapterOf(provider, options, given);
    try {
      await vaults.get(name).unlock(escrowKey(adapter), { identity: identities.get(name) });
      return { unlocked: vaults.get(name).unlocked, renewed };
    } catch ({ code, reason, message }) {
      return { code, reason, message, renewed };
    } finally {
      await vaults.get(name).lock();
    }
  },
  /** Replaces what depends on the adapter's key by the one that the service has now: what depended on either, by the names of the keys. */
  async replaceByRefreshed(name, secret, provider, options, given, alias) {
    const { adapter } = adapterOf(provider, options, given);
    const vault = vaults.get(name);
    await vault.unlock(passphrase(secret));
    const next = await adapter.refresh(alias ? { alias } : undefined);
    const namesOf = async (key) => (await vault.factors.dependents(key)).map(({ key: { kid } }) => kid);
    const before = await namesOf(adapter);
    for (const { id } of await vault.factors.dependents(adapter)) await vault.factors.replace(id, escrow(next), { factor: passphrase(secret) });
    const told = { kid: next.kid, before, after: await namesOf(adapter), now: await namesOf(next) };
    await vault.lock();
    return told;
  },
  publicKeyOf: (provider, options, given) => adapterOf(provider, options, given).adapter.publicKey(),
});

/** All that the page's script has decoded, and all bytes that went to its Workers or came from them: garbage collection takes none of it. */
const seen = [];

function bytesWithin(value) {
  if (ArrayBuffer.isView(value)) return [new Uint8Array(value.buffer, value.byteOffset, value.byteLength)];
  if (value instanceof ArrayBuffer) return [new Uint8Array(value)];
  return typeof value === "object" && value !== null ? Object.values(value).flatMap(bytesWithin) : [];
}

/** Texts as they are, bytes as hexadecimal digits. */
function keep(value) {
  if (typeof value === "string") seen.push(` ${value}`);
  for (const bytes of bytesWithin(value)) seen.push(Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join(""));
}

/** A way to send requests that is the page's own. */
async function ownTransport({ signal, ...request }) {
  const response = await fetch(request.url, { ...request, signal });
  return { status: response.status, headers: response.headers, body: new TextDecoder().decode(await response.arrayBuffer()) };
}

Object.assign(window.story, {
  /** From now on the page keeps what it sees. */
  keepSeen() {
    const { decode } = TextDecoder.prototype;
    TextDecoder.prototype.decode = function (...given) {
      const text = decode.apply(this, given);
      keep(text);
      return text;
    };
    for (const [of, name] of [[JSON, "parse"], [window, "atob"]]) {
      const call = of[name];
      of[name] = (...given) => {
        keep(given[0]);
        return call(...given);
      };
    }
    const { postMessage } = Worker.prototype;
    const heard = new WeakSet();
    Worker.prototype.postMessage = function (message, ...more) {
      if (!heard.has(this)) this.addEventListener("message", ({ data }) => keep(data));
      heard.add(this);
      keep(message);
      postMessage.call(this, message, ...more);
    };
  },
  /** A vault that asks a key beside a passphrase, and opens by another key alone. */
  async createGated(name, secret, gate, jwk) {
    const factors = [passphrase(secret), kmsGate(gate), await newRecoveryKit(), escrow(jwk)];
    const vault = await Strongroom.create({ name, factors, requires: ["passphrase", "kms"] });
    vaults.set(name, vault);
    identities.set(name, await vault.identity());
    await vault.lock();
  },
  /** Unlocks it by a passphrase and its gate. `own`: by a transport of the page's own. */
  async unlockByGate(name, secret, provider, options, given, own) {
    const { adapter } = adapterOf(provider, { ...options, ...(own && { transport: ownTransport }) }, given);
    try {
      await vaults.get(name).unlock([passphrase(secret), kmsGate(adapter)]);
      return vaults.get(name).unlocked;
    } finally {
      await vaults.get(name).lock();
    }
  },
  /** Unlocks it by its escrow, by a transport of the page's own. */
  async unlockByOwnTransport(name, provider, options, given) {
    const { adapter } = adapterOf(provider, { ...options, transport: ownTransport }, given);
    await vaults.get(name).unlock(escrowKey(adapter), { identity: identities.get(name) });
    await vaults.get(name).lock();
  },
});

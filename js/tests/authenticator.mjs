/** A made-up authenticator, which has a secret for each passkey. */
import { createHmac, randomBytes } from "node:crypto";

/** What the authenticator has and does, set anew for each test. */
export const fake = /** @type {any} */ ({});

export const named = (/** @type {string} */ name) => new DOMException("made up", name);
export const text = (/** @type {ArrayBuffer | Uint8Array} */ id) => Buffer.from(/** @type {any} */ (id)).toString("base64url");

function output(/** @type {string} */ id, /** @type {Uint8Array} */ input) {
  const made = createHmac("sha256", fake.secrets.get(id)).update(input).update(fake.salt()).digest();
  return fake.shape(new Uint8Array(made).buffer);
}

/** @param {string} id @param {object} results */
function credential(id, results) {
  const rawId = fake.shape(new Uint8Array(Buffer.from(id, "base64url")).buffer);
  return { id, rawId, type: "public-key", getClientExtensionResults: () => results };
}

/** Waits for the signal where the person takes their time. */
const gesture = (/** @type {AbortSignal} */ signal) =>
  new Promise((done, failed) => {
    if (fake.fails) return failed(fake.fails);
    if (!fake.waits) return done(undefined);
    signal.addEventListener("abort", () => failed(signal.reason));
    fake.waits();
  });

export const credentials = {
  async create({ publicKey, signal }) {
    fake.requests.push({ kind: "create", publicKey });
    await gesture(signal);
    const known = publicKey.excludeCredentials.some((/** @type {any} */ { id }) => fake.secrets.has(text(id)));
    if (known) throw named("InvalidStateError");
    const id = randomBytes(16).toString("base64url");
    fake.secrets.set(id, randomBytes(32));
    const { first } = publicKey.extensions.prf.eval;
    return credential(id, fake.atCreate({ enabled: true, results: { first: output(id, first) } }));
  },
  async get({ publicKey, signal }) {
    fake.requests.push({ kind: "get", publicKey });
    await gesture(signal);
    const asked = publicKey.allowCredentials.map((/** @type {any} */ { id }) => text(id));
    const id = fake.given ?? asked.find((/** @type {string} */ one) => fake.secrets.has(one));
    if (!id) throw named("NotAllowedError");
    const { evalByCredential } = publicKey.extensions.prf;
    const input = evalByCredential[id]?.first ?? randomBytes(32);
    return credential(id, fake.atGet({ prf: { results: { first: output(id, input) } } }));
  },
};

Object.defineProperty(globalThis, "navigator", { value: { credentials }, configurable: true });

/** One that has no passkey, and does as it is told. */
export function newAuthenticator() {
  Object.assign(fake, {
    secrets: new Map(),
    requests: [],
    shape: (/** @type {ArrayBuffer} */ buffer) => buffer,
    atCreate: () => ({ prf: { enabled: true } }),
    atGet: (/** @type {object} */ results) => results,
    salt: () => "",
    fails: undefined,
    waits: undefined,
    given: undefined,
  });
}

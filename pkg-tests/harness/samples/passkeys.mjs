/** A made-up authenticator for Node, for programs that need to know what its passkeys gave. */
import { createHmac, randomBytes } from "node:crypto";

const text = (/** @type {ArrayBuffer | ArrayBufferView} */ bytes) => Buffer.from(/** @type {any} */ (bytes)).toString("base64url");
const bytes = (/** @type {string} */ id) => new Uint8Array(Buffer.from(id, "base64url"));

/** Puts one in the place of the runtime's. What its last passkey gave is `prf()`, base64url. */
export function madeUpPasskeys() {
  /** @type {Map<string, Buffer>} */
  const secrets = new Map();
  let last = "";
  const credential = (/** @type {string} */ id, /** @type {object} */ prf) => ({
    id,
    rawId: bytes(id).buffer,
    type: "public-key",
    getClientExtensionResults: () => ({ prf }),
  });
  const credentials = {
    async create() {
      const id = text(randomBytes(16));
      secrets.set(id, randomBytes(32));
      return credential(id, { enabled: true });
    },
    async get(/** @type {any} */ { publicKey }) {
      const asked = publicKey.allowCredentials.map((/** @type {any} */ one) => text(one.id));
      const id = asked.find((/** @type {string} */ one) => secrets.has(one));
      const { first } = publicKey.extensions.prf.evalByCredential[id];
      const output = createHmac("sha256", /** @type {Buffer} */ (secrets.get(id))).update(first).digest();
      last = text(output);
      return credential(id, { results: { first: new Uint8Array(output).buffer } });
    },
  };
  Object.defineProperty(globalThis, "navigator", { value: { credentials }, configurable: true });
  return { prf: () => last };
}

/** What was drawn at random meanwhile, base64url. @param {() => Promise<unknown>} during */
export async function drawn(during) {
  const all = /** @type {string[]} */ ([]);
  const { crypto } = globalThis;
  const draw = crypto.getRandomValues.bind(crypto);
  crypto.getRandomValues = (into) => {
    draw(into);
    all.push(text(/** @type {any} */ (into)));
    return into;
  };
  try {
    await during();
  } finally {
    Reflect.deleteProperty(crypto, "getRandomValues");
  }
  return all;
}

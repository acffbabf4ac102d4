/** Steps for objects that are for others too, beside those of keys.js. */
import "./keys.js";
import { vaults } from "./story.js";

const context = { app: "recipients" };
const LARGE = 3_000_001;

const plain = Uint8Array.from({ length: LARGE }, (_, at) => at * 7);
const file = () => new File([plain], "film.webm", { type: "video/webm" });
const same = (bytes) => bytes.length === LARGE && bytes.every((byte, at) => byte === plain[at]);

async function publicKeys() {
  const rsa = { name: "RSA-OAEP", hash: "SHA-256", modulusLength: 2048, publicExponent: Uint8Array.of(1, 0, 1) };
  const pairs = [
    await crypto.subtle.generateKey(rsa, true, ["encrypt", "decrypt"]),
    await crypto.subtle.generateKey({ name: "ECDH", namedCurve: "P-256" }, true, ["deriveBits"]),
  ];
  const names = ["kty", "n", "e", "crv", "x", "y"];
  const jwks = await Promise.all(pairs.map(({ publicKey }) => crypto.subtle.exportKey("jwk", publicKey)));
  const publicHalf = (jwk) => names.filter((name) => jwk[name]).map((name) => [name, jwk[name]]);
  return jwks.map((jwk, at) => Object.fromEntries([...publicHalf(jwk), ["kid", `friend ${at}`]]));
}

const codeOf = (call) => call.then(() => "nothing", (error) => error.code);

Object.assign(window.story, {
  /** An attached object out of a File, which is read twice: what its reader is told, whole and in parts. */
  async attached(name) {
    const vault = vaults.get(name);
    const object = await vault.encrypt(file(), { key: "photos", context, recipients: await publicKeys() });
    const stored = await object.blob();
    const opened = await vault.decrypt(stored, { context });
    const reader = await vault.openObject(stored, { context });
    const part = await reader.read(2_000_000, 10);
    reader.close();
    const { origin, covers } = opened;
    const bytes = await opened.bytes();
    return { origin, covers, size: stored.size === object.size, same: same(bytes), part: [...part] };
  },
  /** A detached one out of a stream: its signature comes after its body. Whoever changes a byte of that is found out. */
  async detached(name) {
    const vault = vaults.get(name);
    const recipients = await publicKeys();
    const early = await codeOf(vault.encrypt(file().stream(), { key: "photos", context, recipients }));
    const object = await vault.encrypt(file().stream(), { key: "photos", context, recipients, detached: true });
    const unread = await codeOf(object.signature());
    const body = await object.bytes();
    const how = { context, header: object.header, signature: await object.signature() };
    const opened = await vault.decrypt(body, how);
    const read = same(await opened.bytes());
    body[1_000_000] ^= 1;
    const changed = await codeOf(vault.decrypt(body, how).then((wrong) => wrong.bytes()));
    const stripped = await codeOf(vault.decrypt(body, { ...how, signature: undefined }));
    return { early, unread, read, changed, stripped };
  },
});

/** What a page downloads of each, bundled and minified alone: bytes of brotli. */
import { fileURLToPath } from "node:url";
import { brotliCompressSync, constants } from "node:zlib";
import { build } from "esbuild";
import { downloads as packageDownloads } from "../../../js/sizes.mjs";

const PEERS = { "@aws-crypto/client-browser": "aws", "age-encryption": "age", "libsodium-wrappers-sumo": "libsodium", openpgp: "openpgp", jose: "jose", "@noble/ciphers": "noble" };

export async function downloads() {
  const found = { strongroom: ours() };
  for (const [name, file] of Object.entries(PEERS)) found[name] = await bundled(file);
  return found;
}

/** @param {string} file */
async function bundled(file) {
  const { outputFiles } = await build({
    entryPoints: [fileURLToPath(new URL(`page/${file}.js`, import.meta.url))],
    bundle: true,
    format: "esm",
    minify: true,
    write: false,
    define: { global: "globalThis" },
    logLevel: "error",
  });
  return packed(outputFiles[0].contents);
}

const ours = () => packageDownloads().reduce((sum, size) => sum + size.packed, 0);

/** @param {Uint8Array} bytes */
const packed = (bytes) =>
  brotliCompressSync(bytes, { params: { [constants.BROTLI_PARAM_QUALITY]: 11 } }).byteLength;

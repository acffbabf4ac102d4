/** Fixtures of earlier releases, and what is in the one that this release writes. */
import { readdirSync } from "node:fs";
import { fileURLToPath } from "node:url";

const VECTORS = fileURLToPath(new URL("../../../tests/vectors/", import.meta.url));
const PREFIX = "release-";

/** The releases whose fixtures are kept. */
export const releases = () =>
  readdirSync(VECTORS).flatMap((name) => (name.startsWith(PREFIX) ? [name.slice(PREFIX.length)] : []));

/** @param {string} release */
export const fixtureFolder = (release) => `${VECTORS}${PREFIX}${release}/`;

/** How long use counts wait to be written, and a moment. */
export const USES_WRITTEN = 13_000;

/** A P-256 key of RFC 7517's appendix A.2. */
const IMPORTED = {
  kty: "EC",
  crv: "P-256",
  x: "MKBCTNIcKUSDii11ySs3526iDZ8AiTo7Tu6KPAqv7D4",
  y: "4Etl6SRW2YiLUrN5vfvVHuhp7x8PxltmWWlbbM4IFyM",
  d: "870MB6gfuTJ4HtUnUvYMyJpr5eUZNP4Bk43bVdj3eAE",
};

/** @param {string} release */
export const plan = (release) => ({
  release,
  name: `release ${release} 🗝`,
  passphrases: ["correct horse battery staple", "Zoe\u0308's häuschen 🗝"],
  imported: IMPORTED,
  objects: {
    attached: {
      context: { object: "grüße.txt" },
      name: "grüße.txt",
      type: "text/plain",
      modified: 1_700_000_000_000,
      text: "Grüße aus dem Browser",
    },
    // Two segments. U+1F600 sorts before U+FB33: it begins with the unit D83D.
    detached: { context: { "\ufb33": "1", "\u{1f600}": "2", object: "a\nb\u007f" }, size: 262_144 },
  },
  uploads: [
    {
      name: "film 1.webm",
      size: 700_000,
      context: { film: "1" },
      note: JSON.stringify({ s3: { upload: "2~VXBsb2FkIElE", partSize: 5_242_880 } }),
    },
    { name: "film 2.webm", size: 300_000, header: "vault" },
    { name: "film 3.webm", size: 20, context: { film: "3" }, detached: true },
  ],
  values: {
    single: "a single value 🗝",
    bound: { json: { card: "4111", list: [1, 2.5, null, "é🗝"] }, context: { row: "1" } },
    many: [
      { json: 0, context: { row: "2" } },
      { json: null },
      { json: [true, { "": "empty name" }], context: { row: "3", column: "b" } },
    ],
  },
  signed: { key: "orders", typ: "order+jws", payload: "Zoë owes Bob 5 €" },
});

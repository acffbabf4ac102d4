/**
 * Whether the time of a refusal tells why it was refused: two classes of refused inputs, measured in random order on the
 * built wasm in Node, and Welch's t of the two, as dudect does it (Reparaz, Balasch, Verbauwhede, "Dude, is my code constant
 * time?", 2017). Beyond 4.5 the classes differ by more than chance; beyond 10 the command fails.
 */
import { randomBytes, randomInt } from "node:crypto";
import { installedPackage } from "../../harness/consumer.mjs";

const PAIRS = Number(process.env.STRONGROOM_PAIRS ?? 20_000);
/** Argon2id takes a quarter of a second. */
const UNLOCKS = Math.max(20, Math.ceil(PAIRS / 200));
const NOTICED = 4.5;
const CERTAIN = 10;

const { passphrase, Strongroom } = await installedPackage()("strongroom");
const vault = await Strongroom.create({ name: "timing", factors: [passphrase("correct horse battery staple")] });
await vault.keys.create({ alias: "values" });
const token = await vault.encryptValue("v".repeat(1000), { key: "values" });

/** The token with one byte of a part changed. @param {number} part @param {number} at */
function changed(part, at) {
  const parts = token.split(".");
  const bytes = Buffer.from(parts[part] ?? "", "base64url");
  const place = at < 0 ? bytes.length + at : at;
  bytes[place] = (bytes[place] ?? 0) ^ (1 + randomInt(255));
  parts[part] = bytes.toString("base64url");
  return parts.join(".");
}

/** @param {number} part */
const firstOrLast = (part) => [() => changed(part, 0), () => changed(part, -1)];
const wrong = "wrong horse battery staple";
const random = () => randomBytes(13).toString("hex");

/** @type {[string, number, (() => string)[], (input: string) => Promise<unknown>][]} */
const EXPERIMENTS = [
  ["the wrapped key's first byte changed, or its last", PAIRS, firstOrLast(1), (input) => vault.decryptValue(input)],
  ["the ciphertext's first byte changed, or its last", PAIRS, firstOrLast(3), (input) => vault.decryptValue(input)],
  ["the tag's first byte changed, or its last", PAIRS, firstOrLast(4), (input) => vault.decryptValue(input)],
  ["one wrong passphrase, or any", UNLOCKS, [() => wrong, random], (input) => vault.unlock(passphrase(input))],
];

// After a refused passphrase the vault makes the next one wait, for a minute at most. Of that, nothing is measured: by the clock it
// is over.
const realTime = Date.now;
let ahead = 0;
Date.now = () => realTime() + ahead;

/** Milliseconds of each class. @param {number} pairs @param {(() => string)[]} classes @param {(input: string) => Promise<unknown>} call */
async function measured(pairs, classes, call) {
  /** @type {number[][]} */
  const times = [[], []];
  for (let nth = -pairs / 10; nth < 2 * pairs; nth++) {
    const which = randomInt(2);
    const input = classes[which]?.() ?? "";
    ahead += 60_000;
    const start = performance.now();
    const outcome = await call(input).then(() => "opened", ({ code }) => code);
    const time = performance.now() - start;
    if (!/^ERR_(DECRYPT|WRONG_FACTOR)$/.test(outcome)) throw new Error(`not refused as expected: ${outcome}`);
    // The first ones run before everything is compiled.
    if (nth >= 0) times[which]?.push(time);
  }
  return times;
}

/** @param {number[]} all */
function moments(all) {
  const mean = all.reduce((sum, time) => sum + time, 0) / all.length;
  return { mean, variance: all.reduce((sum, time) => sum + (time - mean) ** 2, 0) / (all.length - 1), count: all.length };
}

/** @param {number[][]} classes */
function welch(classes) {
  const [one, other] = classes.map(moments);
  if (!one || !other) throw new Error("two classes are compared");
  const t = (one.mean - other.mean) / Math.sqrt(one.variance / one.count + other.variance / other.count);
  return { t, difference: one.mean - other.mean, mean: one.mean };
}

let worst = 0;
for (const [what, pairs, classes, call] of EXPERIMENTS) {
  const times = await measured(pairs, classes, call);
  // Of the slowest tenth, the machine decides.
  const limit = times.flat().toSorted((one, other) => one - other)[Math.floor(times.flat().length * 0.9)] ?? Infinity;
  const { t, difference, mean } = welch(times.map((all) => all.filter((time) => time <= limit)));
  worst = Math.max(worst, Math.abs(t));
  const verdict = Math.abs(t) < NOTICED ? "no difference seen" : "a difference";
  process.stdout.write(
    `${what}: ${2 * pairs} refusals of ${mean.toFixed(3)} ms, apart by ${(1000 * difference).toFixed(2)} µs, t = ${t.toFixed(2)}: ${verdict}\n`,
  );
}
process.exit(worst > CERTAIN ? 1 : 0);

/** Makes a page and a chart of what measure.mjs found, and keeps that beside them: `node report.mjs results.json folder`. */
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parse, View } from "vega";
import { compile } from "vega-lite";

const KIB = 1024;
const MIB = KIB * KIB;

const [from = "results.json", folder = "."] = process.argv.slice(2);
const results = JSON.parse(readFileSync(from, "utf8"));

/** @param {number[]} numbers */
function median(numbers) {
  const sorted = numbers.toSorted((a, b) => a - b);
  return sorted[sorted.length >> 1] ?? NaN;
}

/** The median of what went well; nothing where nothing did. @param {any[]} rounds @param {(round: any) => number} pick */
function of(rounds = [], pick) {
  const well = rounds.filter(({ error }) => error === undefined).map(pick);
  return well.length > 0 ? median(well) : undefined;
}

/** @param {unknown[]} cells */
const line = (cells) => `| ${cells.join(" | ")} |`;

/** @param {string[]} head @param {unknown[][]} rows */
function table(head, rows) {
  return [line(head), line(head.map(() => "---")), ...rows.map(line)].join("\n");
}

function page() {
  const { machine, rounds, file } = results;
  const parts = [
    "# Beside its peers",
    `Written by \`cargo xtask bench --only peers\`; do not edit. ${machine.cpu}, ${machine.cores} cores, ${machine.date}; ` +
      `medians of ${rounds} rounds in rotated order. Absolute figures are this machine's; compare the columns. Every round is in [results.json](results.json).`,
    `![How fast a file of ${file / MIB} MiB is encrypted](streams.svg)`,
  ];
  for (const [engine, found] of Object.entries(results.engines)) {
    parts.push(`## ${engine} ${found.version}`, streams(found.streams), memory(found.memory, "encrypt"));
    parts.push(memory(found.memory, "decrypt"), values(found.values), unlock(found.unlock));
  }
  parts.push("## Download", downloads());
  return `${parts.filter(Boolean).join("\n\n")}\n`;
}

/** @param {any} streams */
function streams({ encrypting, decrypting }) {
  if (!encrypting) return "";
  return [part(encrypting, `A file of ${results.file / MIB} MiB is encrypted and thrown away`)]
    .concat(part(decrypting, "Its ciphertext, out of the origin's own files, is decrypted and thrown away"))
    .join("\n\n");
}

/** @param {Record<string, any[]>} found @param {string} title */
function part(found, title) {
  const took = (/** @type {string} */ name) => of(found[name], (round) => round.took);
  const fastest = Math.min(...Object.keys(found).filter(isReading).map((name) => took(name) ?? Infinity));
  const rows = Object.keys(found).map((name) => {
    const mine = took(name);
    if (mine === undefined) return [name, "failed", "", "", ""];
    const resident = of(found[name], (round) => round.memory ?? NaN);
    return [
      name,
      `${(results.file / MIB / (mine / 1000)).toFixed(0)} MiB/s`,
      (fastest / mine).toFixed(2),
      `${(of(found[name], (round) => round.gap) ?? NaN).toFixed(0)} ms`,
      Number.isNaN(resident) ? "" : `${(resident / MIB).toFixed(0)} MiB`,
    ];
  });
  return `**${title}**\n\n${table(["", "throughput", "of the fastest reading", "page's longest gap", "memory beyond before"], rows)}`;
}

/** @param {string} name */
const isReading = (name) => name.startsWith("reading");

/** @param {any} found @param {"encrypt" | "decrypt"} way */
function memory(found, way) {
  const sizes = Object.keys(found).map(Number);
  if (sizes.length === 0) return "";
  const peers = [...new Set(sizes.flatMap((size) => Object.keys(found[size])))];
  const cell = (/** @type {string} */ name, /** @type {number} */ size) => {
    const took = of(found[size][name], (round) => round[way]);
    return took === undefined ? "" : time(took);
  };
  const rows = peers.map((name) => [name].concat(sizes.map((size) => cell(name, size))));
  const title = `**${way === "encrypt" ? "Encrypting" : "Decrypting"} what is in memory, one call after the other**`;
  return `${title}\n\n${table(["", ...sizes.map(bytes)], rows)}`;
}

/** @param {any} found */
function values({ values: rounds }) {
  if (!rounds) return "";
  const rows = Object.keys(rounds[0]).map((name) => [
    name,
    time(median(rounds.map((/** @type {any} */ round) => round[name][0]))),
    time(median(rounds.map((/** @type {any} */ round) => round[name][1]))),
  ]);
  return `**A value of about 100 bytes as compact JWE**\n\n${table(["", "encrypting", "decrypting"], rows)}`;
}

/** @param {any} found */
function unlock({ unlock: rounds }) {
  if (!rounds) return "";
  const rows = Object.keys(rounds[0]).map((name) => [name, time(median(rounds.map((/** @type {any} */ round) => round[name])))]);
  return `**Unlocking: Argon2id of 64 MiB, 3 passes**\n\n${table(["", "time"], rows)}`;
}

function downloads() {
  const rows = Object.entries(results.downloads).map(([name, size]) => [name, `${(size / KIB).toFixed(0)} KiB`]);
  return table(["", "brotli"], rows);
}

/** @param {number} size */
function bytes(size) {
  if (size >= MIB) return `${size / MIB} MiB`;
  return size >= KIB ? `${size / KIB} KiB` : `${size} B`;
}

/** @param {number} took in milliseconds */
function time(took) {
  if (took < 1) return `${(took * 1000).toFixed(0)} µs`;
  return took < 10 ? `${took.toFixed(1)} ms` : `${took.toFixed(0)} ms`;
}

async function chart() {
  const bars = Object.entries(results.engines).flatMap(([engine, found]) =>
    Object.entries(found.streams.encrypting ?? {}).flatMap(([name, rounds]) => {
      const took = of(/** @type {any[]} */ (rounds), (round) => round.took);
      return took === undefined ? [] : [{ engine, name, speed: results.file / MIB / (took / 1000) }];
    }),
  );
  const { spec } = compile({
    data: { values: bars },
    mark: { type: "bar" },
    width: 480,
    encoding: {
      y: { field: "name", type: "nominal", sort: "-x", title: null, axis: { labelLimit: 0 } },
      x: { field: "speed", type: "quantitative", title: "MiB a second" },
      color: { condition: { test: "datum.name === 'strongroom'", value: "#b4552d" }, value: "#9aa5b1" },
      row: { field: "engine", type: "nominal", title: null, header: { labelAngle: 0, labelAlign: "left" } },
    },
    resolve: { scale: { y: "independent" } },
    config: { background: "white" },
  });
  return new View(parse(spec), { renderer: "none" }).toSVG();
}

mkdirSync(folder, { recursive: true });
writeFileSync(join(folder, "README.md"), page());
writeFileSync(join(folder, "streams.svg"), await chart());
// Five digits say more than a machine does twice.
const rounded = (/** @type {string} */ _, /** @type {unknown} */ value) =>
  typeof value === "number" && !Number.isInteger(value) ? Number(value.toPrecision(5)) : value;
writeFileSync(join(folder, "results.json"), `${JSON.stringify(results, rounded, 1)}\n`);

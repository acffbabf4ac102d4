/**
 * 90 days of a vault's audit log, as several people and programs write it, and attacks among them: all from one seed. What each rule
 * finds is held against what was done.
 *
 * `node tests/alerts-simulation.mjs [seeds] [first seed]` prints the rates (`npm run -s alerts` in `js`).
 */
import { pathToFileURL } from "node:url";
import { alertsOf, settingsOf } from "./alerts-rules.mjs";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const DAYS = 90;
/** A Monday. */
const START = Date.UTC(2031, 0, 6);
const END = START + DAYS * DAY;
/** Attacks come once there is a history. */
const QUIET = 30;

/** @typedef {{ sequence: number, log: string, at: number, order: number, operation: string, keys: any[], [more: string]: any }} Entry `order`: when it was written */
/** @typedef {{ rule: string, from: number, to: number, key?: string, entries?: Entry[] }} Attack */

/** Mulberry32: the same numbers of one seed everywhere. */
function randomOf(/** @type {number} */ seed) {
  let state = seed * 0x9e3779b9;
  const random = () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  const whole = (/** @type {number} */ from, /** @type {number} */ to) => from + Math.floor(random() * (to - from + 1));
  const chance = (/** @type {number} */ of) => random() < of;
  /** Long-tailed, as what people do is: mostly about `usual`, now and then several times that. */
  const about = (/** @type {number} */ usual) => Math.max(0, Math.round(usual * Math.exp(0.6 * gauss())));
  const gauss = () => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
  const pick = (/** @type {any[]} */ from) => from[whole(0, from.length - 1)];
  return { whole, chance, about, pick };
}

/** The keys: who uses them, when, and how much. */
const PATTERNS = [
  { alias: "photos", people: true, hours: [18, 23], days: [0, 1, 2, 3, 4, 5, 6], sittings: 0.6, uses: 15 },
  { alias: "mail", people: true, hours: [8, 18], days: [1, 2, 3, 4, 5], sittings: 5, uses: 8 },
  { alias: "contracts", people: true, hours: [9, 17], days: [1, 2, 3, 4, 5], sittings: 2, uses: 5 },
  { alias: "nightly", batch: true, hours: [2, 2], days: [0, 1, 2, 3, 4, 5, 6], sittings: 1, uses: 2000 },
  { alias: "weekly", batch: true, hours: [4, 4], days: [0], sittings: 1, uses: 5000 },
  { alias: "payroll", batch: true, monthly: 25, hours: [6, 6], days: [0, 1, 2, 3, 4, 5, 6], sittings: 1, uses: 800 },
  { alias: "archive", people: true, hours: [9, 17], days: [1, 2, 3, 4, 5], sittings: 0.03, uses: 6 },
];

/**
 * A log, and what was done in it that somebody should be told of.
 *
 * @param {number} seed
 */
export function simulated(seed) {
  const random = randomOf(seed);
  /** @type {Omit<Entry, "sequence" | "log">[]} */
  const written = [];
  /** @type {Attack[]} */
  const attacks = [];
  const keys = PATTERNS.map(({ alias }, at) => keyOf(`k${at}`, alias, random));
  const add = (/** @type {number} */ at, /** @type {string} */ operation, more = {}) => void written.push({ at, order: at, operation, keys: [], ...more });
  const use = (/** @type {number} */ at, /** @type {any} */ key, /** @type {number} */ uses, more = {}) => {
    const live = key.versions.findLast((/** @type {any} */ version) => version.created <= at) ?? key.versions[0];
    add(at, random.pick(["decrypt", "decryptValue", "encrypt", "encryptValue"]), { keys: [{ key: key.id, version: live.id, uses }], ...more });
  };
  add(START, "beginAudit", { begins: { log: "l", device: "d" } });
  add(START + 1, "startAudit");
  // Two weeks without people, and single days.
  const holiday = random.whole(40, 60);
  const away = (/** @type {number} */ day) => (day >= holiday && day < holiday + 14) || random.chance(0.03);
  for (let day = 0; day < DAYS; day++) ordinaryDay(day);
  attack();
  written.sort((one, other) => one.order - other.order);
  const entries = /** @type {Entry[]} */ (written.map((entry, sequence) => Object.assign(entry, { sequence, log: "l" })));
  return { entries, keys, attacks };

  function ordinaryDay(/** @type {number} */ day) {
    const from = START + day * DAY;
    const weekday = new Date(from).getUTCDay();
    const isAway = away(day);
    if (!isAway && weekday > 0) {
      for (let unlocks = random.whole(1, 3); unlocks > 0; unlocks--) {
        const at = from + random.whole(8 * 60, 20 * 60) * MINUTE;
        add(at, "unlock");
        // People mistype: mostly once, and once in a while until they find the note with the new one.
        if (random.chance(0.12)) add(at + 1, "failUnlock", { failed: random.chance(0.04) ? random.whole(3, 6) : random.whole(1, 2) });
      }
    }
    for (const [place, pattern] of PATTERNS.entries()) {
      if (!pattern.days.includes(weekday) || (pattern.people && isAway)) continue;
      if (pattern.monthly !== undefined && new Date(from).getUTCDate() !== pattern.monthly) continue;
      sittingsOf(pattern, from).forEach(([at, many]) => sitting(keys[place], pattern, at, many));
    }
    // Once in a while somebody forgets the reason that a policy asks for, or opens something of another vault.
    if (!isAway && random.chance(0.1)) mistakes(from, "ERR_POLICY");
    if (!isAway && random.chance(0.08)) mistakes(from, "ERR_DECRYPT");
    // A tab slept with entries that waited.
    if (random.chance(0.03)) {
      const woke = from + random.whole(9, 20) * HOUR;
      for (let late = random.chance(0.2) ? 2 : random.whole(1, 2); late > 0; late--) {
        use(woke - random.whole(1, 8) * HOUR, keys[1], 1, { order: woke });
      }
    }
    if (random.chance(0.02)) add(from + random.whole(0, 23) * HOUR, "loseEntries", { lost: random.whole(1, 20) });
  }

  function sittingsOf(/** @type {(typeof PATTERNS)[number]} */ { sittings, uses, hours: [first = 0, last = 0], batch }, /** @type {number} */ from) {
    const many = batch ? 1 : random.about(sittings) + (random.chance(sittings % 1) ? 1 : 0);
    const amount = () => (batch ? random.whole(uses * 0.7, uses * 1.4) : random.about(uses));
    return Array.from({ length: many }, () => /** @type {[number, number]} */ ([from + random.whole(first * 60, last * 60 + 59) * MINUTE, amount()]));
  }

  function sitting(/** @type {any} */ key, /** @type {any} */ { batch }, /** @type {number} */ at, /** @type {number} */ many) {
    if (batch) {
      for (let left = many; left > 0; left -= 500) use(at + (many - left) * 20, key, Math.min(500, left), { operation: "decryptValue" });
      return;
    }
    // A person brings a whole album over, once in a while.
    const all = (random.chance(0.004) && false) ? many * random.whole(10, 30) : many;
    for (let one = 0; one < all; one++) use(at + one * random.whole(2, 30) * 1000, key, 1);
  }

  function mistakes(/** @type {number} */ from, /** @type {string} */ error) {
    const at = from + random.whole(9, 18) * HOUR;
    for (let many = random.chance(0.1) ? random.whole(3, 6) : random.whole(1, 2); many > 0; many--) {
      add(at + many * random.whole(20, 200) * 1000, "decryptValue", { error, keys: [{ key: random.pick(keys.slice(0, 3)).id }] });
    }
  }

  function done(/** @type {string} */ rule, /** @type {number} */ from, /** @type {number} */ to, /** @type {any} */ key = undefined) {
    attacks.push({ rule, from, to, ...(key && { key: key.id }) });
  }

  function attack() {
    const when = () => START + random.whole(QUIET * 24, (DAYS - 2) * 24) * HOUR + random.whole(0, 59) * MINUTE;
    guesses(when());
    // Everything that a person's key opens, at once or over a day; and of a key that hardly anybody uses.
    for (const [place, uses, over] of [[0, random.whole(400, 3000), HOUR], [1, random.whole(600, 4000), HOUR], [2, random.whole(400, 2000), DAY / 2], [6, random.whole(100, 1000), HOUR]]) {
      const [from, key] = [when(), keys[Number(place)]];
      const steps = Math.ceil(Number(uses) / 20);
      for (let step = 0; step < steps; step++) use(from + Math.floor((step * Number(over)) / steps), key, 20, { operation: "decrypt" });
      done("spike", from, from + Number(over) + DAY, key);
    }
    // A thief who takes as many as the owner does on a busy day.
    const slow = when();
    for (let hour = 0; hour < 20; hour++) use(slow + hour * HOUR, keys[0], 4, { operation: "decrypt" });
    done("spike, slowly", slow, slow + 2 * DAY, keys[0]);
    series("refusals", when(), random.whole(5, 60), { operation: "exportKey", error: "ERR_POLICY", keys: [{ key: keys[2]?.id }] });
    series("decryptErrors", when(), random.whole(5, 60), { operation: "decrypt", error: "ERR_DECRYPT" });
    series("integrityErrors", when(), random.whole(1, 3), { operation: "decrypt", error: "ERR_INTEGRITY" });
    versions(when());
    // The clock is set back, the work done, and the clock set right again.
    const [set, by] = [when(), random.whole(1, 400) * DAY];
    const acts = random.whole(2, 12);
    for (let act = 0; act < acts; act++) use(set + act * MINUTE, keys[0], 1);
    // So is the clock of what others do meanwhile.
    const meanwhile = written.filter(({ order }) => order >= set && order < set + acts * MINUTE);
    for (const entry of meanwhile) entry.at -= by;
    attacks.push({ rule: "clock", from: 0, to: END, entries: /** @type {Entry[]} */ (meanwhile) });
    const off = when();
    add(off, "stopAudit");
    add(off + random.whole(1, 300) * MINUTE, "startAudit");
    done("logOff", off, off + MINUTE);
    function guesses(/** @type {number} */ from) {
      add(from, "unlock");
      add(from + 1, "failUnlock", { failed: random.whole(4, 80) });
      done("failedUnlocks", from, from + HOUR);
    }
    function series(/** @type {string} */ rule, /** @type {number} */ from, /** @type {number} */ many, /** @type {any} */ { operation, ...of }) {
      for (let one = 0; one < many; one++) add(from + one * random.whole(1, 60) * 1000, operation, of);
      done(rule, from, from + 2 * HOUR);
    }
  }

  /** A version is marked as compromised, and used; and one that was rotated long ago. */
  function versions(/** @type {number} */ from) {
    const [mail, contracts] = [/** @type {any} */ (keys[1]), /** @type {any} */ (keys[2])];
    const taken = { ...mail.versions[0], id: "k1.0", number: 0, state: "compromised", compromised: true, compromisedAt: from };
    mail.versions.unshift(taken);
    const old = { ...contracts.versions[0], id: "k2.0", number: 0, state: "deactivated", history: [{ state: "deactivated", at: START - DAY, by: "rotate" }] };
    contracts.versions.unshift(old);
    // What it protects is read until it is moved.
    for (let day = 0; day < 20; day++) add(START + day * DAY + 10 * HOUR, "decrypt", { keys: [{ key: "k2", version: "k2.0", uses: 1 }] });
    add(from + 3 * HOUR, "decryptValue", { keys: [{ key: "k1", version: "k1.0", uses: 1 }] });
    attacks.push({ rule: "compromisedVersion", from, to: from + DAY, key: "k1" });
    add(from + 5 * HOUR, "decryptValue", { keys: [{ key: "k2", version: "k2.0", uses: 1 }] });
    attacks.push({ rule: "deactivatedVersion", from, to: from + DAY, key: "k2" });
  }
}

function keyOf(/** @type {string} */ id, /** @type {string} */ alias, /** @type {ReturnType<typeof randomOf>} */ random) {
  const created = START - random.whole(10, 400) * DAY;
  const version = { id: `${id}.1`, number: 1, state: "active", created, history: [{ state: "active", at: created, by: "createKey" }] };
  return { id, alias, purpose: "encrypt", primary: version.id, created, versions: [version] };
}

/**
 * What a page would have been told that checks once a day at noon: each alert once, when it was first found.
 *
 * @param {ReturnType<typeof simulated>} world
 */
export function toldOf({ entries, keys }, rules = undefined) {
  const settings = settingsOf(rules);
  const told = new Map();
  // In the order in which they were written, whatever the clock said.
  let latest = 0;
  const order = entries.map(({ at }) => (latest = Math.max(latest, at)));
  for (let now = START + DAY / 2; now <= END; now += DAY) {
    const seen = entries.filter((_, place) => Number(order[place]) <= now && Number(order[place]) >= now - 65 * DAY);
    const state = { backup: { at: now, changes: 0 }, latest: now, rehearsals: [], keys };
    const log = { log: "written", id: "l", size: seen.length, entries: seen, read: 0, cut: false, brokenBefore: undefined };
    for (const alert of alertsOf({ now, from: now - 30 * DAY, seen: log, ...state }, settings)) if (!told.has(alert.id)) told.set(alert.id, { ...alert, told: now });
  }
  return Array.from(told.values());
}

/**
 * Whether an alert is that of an attack: of its rule and its key, from its beginning until an hour or a day after its end. Of a clock, whose
 * time says nothing, it has to name an entry that was written meanwhile.
 */
function covers(/** @type {Attack} */ { rule, from, to, key, entries }, /** @type {any} */ { rule: of, at, evidence }) {
  if (of !== rule.replace(", slowly", "") || at < from || at > to) return false;
  if (key !== undefined && !evidence.keys.includes(key)) return false;
  return !entries || entries.some(({ sequence }) => evidence.entries.some((/** @type {any} */ named) => named.sequence === sequence));
}

/** @typedef {{ attacks: number, detected: number, alerts: number, wrong: number }} Rate */

/** How many attacks each rule found, and how many alerts were none. @param {number} seeds @returns {Map<string, Rate>} */
export function rates(seeds, first = 1) {
  const found = new Map();
  const of = (/** @type {string} */ rule) => found.get(rule) ?? found.set(rule, { attacks: 0, detected: 0, alerts: 0, wrong: 0 }).get(rule);
  for (let seed = first; seed < first + seeds; seed++) {
    const world = simulated(seed);
    const alerts = toldOf(world);
    for (const one of world.attacks) {
      of(one.rule).attacks += 1;
      of(one.rule).detected += Number(alerts.some((alert) => covers(one, alert)));
    }
    for (const alert of alerts) {
      of(alert.rule).alerts += 1;
      of(alert.rule).wrong += Number(!world.attacks.some((one) => covers(one, alert)));
    }
  }
  return found;
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
  const [seeds = 20, first = 1] = process.argv.slice(2).map(Number);
  process.stdout.write(`${seeds} vaults of ${DAYS} days each, from seed ${first} on\n`);
  process.stdout.write("| rule | attacks | found | alerts without an attack | in a vault's 90 days |\n| --- | --- | --- | --- | --- |\n");
  for (const [rule, { attacks, detected, wrong }] of [...rates(seeds, first)].toSorted()) {
    const share = attacks > 0 ? `${detected} (${Math.round((100 * detected) / attacks)} %)` : "";
    process.stdout.write(`| ${rule.replace(/^\w+/, "`$&`")} | ${attacks} | ${share} | ${wrong} | ${(wrong / seeds).toFixed(2)} |\n`);
  }
}

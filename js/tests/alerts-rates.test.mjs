/** How often the rules are right, with their default thresholds, on a few of the vaults whose figures docs/alerts.md has. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { rates, simulated, toldOf } from "./alerts-simulation.mjs";

const SEEDS = 4;
const found = rates(SEEDS);
const of = (/** @type {string} */ rule) => found.get(rule) ?? { attacks: 0, detected: 0, alerts: 0, wrong: 0 };

test("attacks are found", () => {
  const all = ["compromisedVersion", "deactivatedVersion", "decryptErrors", "integrityErrors", "logOff", "refusals"];
  for (const rule of all) assert.deepEqual([of(rule).detected, of(rule).attacks], [SEEDS, SEEDS], rule);
  // Some have fewer guesses, or fewer entries with a wrong clock, than what is told.
  for (const rule of ["failedUnlocks", "clock"]) assert.ok(of(rule).attacks === SEEDS && of(rule).detected >= SEEDS - 1, `${rule}: ${of(rule).detected}`);
  assert.ok(of("spike").attacks === 4 * SEEDS && of("spike").detected >= 4 * SEEDS - 1, `spike: ${of("spike").detected}`);
  assert.ok(of("spike, slowly").attacks === SEEDS && of("spike, slowly").detected <= 1, "a slow thief, as docs/alerts.md says");
});

test("what is ordinary is seldom told", () => {
  const most = { spike: 3, clock: 2, decryptErrors: 1, refusals: 1, failedUnlocks: 1, lostEntries: 4 };
  for (const [rule, { wrong }] of found) {
    const bound = /** @type {Record<string, number>} */ (most)[rule] ?? 0;
    assert.ok(wrong <= bound * SEEDS, `${rule}: ${wrong} of ${SEEDS} vaults`);
  }
});

test("lower thresholds tell more, and one seed gives one world", () => {
  const world = simulated(1);
  assert.deepEqual(simulated(1), world);
  assert.notDeepEqual(simulated(2).attacks, world.attacks);
  const told = (/** @type {any} */ rules) => toldOf(world, rules).filter(({ rule }) => rule === "spike").length;
  assert.ok(told({ spike: { factor: 1, perHour: 10, perDay: 10 } }) > told(undefined));
  assert.equal(told({ spike: false }), 0);
});

/** A reporter for `node:test`: a line of JSON for each test that ended, and for each hook that failed. */

/**
 * @typedef {object} Result
 * @property {string | undefined} file
 * @property {string[]} names from the outermost `describe` to the test
 * @property {"passed" | "failed" | "skipped"} outcome
 * @property {boolean} suite whether a suite's hook failed, which is no test
 * @property {number} seconds
 */

/** @param {AsyncIterable<any>} events node's */
export async function* results(events) {
  /** By file, the names of the suites under way, and of the test in them. @type {Map<string | undefined, string[]>} */
  const under = new Map();
  for await (const { type, data } of events) {
    if (type === "test:start") {
      under.set(data.file, [...(under.get(data.file) ?? []).slice(0, data.nesting), data.name]);
    } else if (type === "test:pass" || type === "test:fail") {
      const result = ended(type === "test:fail", data, (under.get(data.file) ?? []).slice(0, data.nesting));
      if (result) yield `${JSON.stringify(result)}\n`;
    }
  }
}

/** @param {boolean} failed @param {any} data @param {string[]} outer @returns {Result | undefined} */
function ended(failed, { name, file, skip, details }, outer) {
  const suite = details.type === "suite";
  // Whose tests tell.
  if (suite && (!failed || details.error?.failureType === "subtestsFailed")) return undefined;
  const outcome = failed ? "failed" : skip === undefined ? "passed" : "skipped";
  return { file, names: [...outer, name], outcome, suite, seconds: details.duration_ms / 1000 };
}

/** Calling the plain page's steps from a test. */

/**
 * Runs one of `window.story`'s steps; rejects with what it rejected with.
 *
 * @param {import("selenium-webdriver").WebDriver} driver
 * @param {string} step
 * @param {...unknown} given
 * @returns {Promise<any>}
 */
export async function story(driver, step, ...given) {
  // As text: of what is undefined, WebDriver makes null.
  const outcome = await driver.executeAsyncScript(
    `const [step, given, done] = arguments;
     const tell = ({ name, code, message, from, to, rule }) => ({ name, code, message, from, to, rule });
     Promise.resolve().then(() => window.story[step](...given)).then(
       (value) => done(JSON.stringify({ value: value ?? null })),
       (error) => done(JSON.stringify({ error: tell(error) })),
     );`,
    step,
    given,
  );
  const { value, error } = JSON.parse(outcome);
  if (error) throw Object.assign(new Error(error.message), error);
  return value;
}

/**
 * Loads a page and waits for its steps.
 *
 * @param {import("selenium-webdriver").WebDriver} driver
 * @param {string} address
 */
export async function load(driver, address) {
  await driver.get(address);
  await hasSteps(driver);
}

/**
 * Reloads the page, as a person does, and waits for its steps.
 *
 * @param {import("selenium-webdriver").WebDriver} driver
 */
export async function reload(driver) {
  await driver.navigate().refresh();
  await hasSteps(driver);
}

/** @param {import("selenium-webdriver").WebDriver} driver */
async function hasSteps(driver) {
  await driver.wait(() => driver.executeScript("return 'story' in window"), 20_000, "the page's script did not run");
}

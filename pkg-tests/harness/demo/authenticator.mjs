/** An authenticator that the browser makes up for tests, for pages that are driven by their controls. */
import { Transport, VirtualAuthenticatorOptions } from "selenium-webdriver/lib/virtual_authenticator.js";
import { has } from "../browsers/browsers.mjs";

/** Of the device, with PRF. */
const INTERNAL = {
  protocol: "ctap2",
  ctap2Version: "ctap2_1",
  transport: "internal",
  hasPrf: true,
  hasResidentKey: true,
  hasUserVerification: true,
  isUserVerified: true,
  automaticPresenceSimulation: true,
};

/** @param {import("../browsers/browsers.mjs").Engine} engine @param {any} driver */
export async function plugAuthenticator(engine, driver) {
  if (!has(engine, "DevTools")) return softwareToken(driver);
  const ask = (/** @type {string} */ command, /** @type {object} */ given) =>
    driver.sendAndGetDevToolsCommand(`WebAuthn.${command}`, given);
  await ask("enable", { enableUI: false });
  const plug = () => ask("addVirtualAuthenticator", { options: INTERNAL });
  let { authenticatorId } = await plug();
  return {
    /** Whether the person's finger is theirs. @param {boolean} isUserVerified */
    verifies: (isUserVerified) => ask("setUserVerified", { authenticatorId, isUserVerified }),
    /** Another one takes its place: it is lost, with its passkeys. One that did not verify a person is blocked, too. */
    lose: async () => {
      await ask("removeVirtualAuthenticator", { authenticatorId });
      ({ authenticatorId } = await plug());
    },
  };
}

/** Firefox's. @param {any} driver */
async function softwareToken(driver) {
  const options = new VirtualAuthenticatorOptions();
  options.setTransport(Transport.INTERNAL);
  options.setHasResidentKey(true);
  options.setHasUserVerification(true);
  options.setIsUserVerified(true);
  await driver.addVirtualAuthenticator(options);
  return {
    verifies: (/** @type {boolean} */ verified) => driver.setUserVerified(verified),
    lose: () => driver.removeAllCredentials(),
  };
}

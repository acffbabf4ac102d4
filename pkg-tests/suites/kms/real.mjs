/** The providers' own services. `docs/kms/verify-*.sh` set what these read, and say what a run leaves behind. */
import { KMSClient } from "@aws-sdk/client-kms";
import { CryptographyClient, KeyClient } from "@azure/keyvault-keys";
import { clientBy } from "./google.mjs";

/** @param {string} name */
function given(name) {
  const value = process.env[name];
  if (!value) throw new Error(`${name} is not set: see docs/kms`);
  return value;
}

/** By the credentials and the region that AWS's clients find by themselves. @returns {import("./aws.mjs").Target} */
export const realAws = () => ({ open: async () => new KMSClient({}), close: async () => {}, patience: 60 });

/** @returns {import("./azure.mjs").Target} */
export function realAzure() {
  const token = given("STRONGROOM_AZURE_TOKEN");
  const credential = { getToken: async () => ({ token, expiresOnTimestamp: Date.now() + 1_800_000 }) };
  return {
    open: async () => ({
      keys: new KeyClient(given("STRONGROOM_AZURE_VAULT"), credential),
      cryptography: (id) => new CryptographyClient(id, credential),
    }),
    close: async () => {},
  };
}

/** @returns {import("./google.mjs").Target} */
export function realGoogle() {
  const token = given("STRONGROOM_GOOGLE_TOKEN");
  return {
    open: async () => ({ client: clientBy(() => token).client, ring: given("STRONGROOM_GOOGLE_RING") }),
    close: async () => {},
    patience: 180,
  };
}

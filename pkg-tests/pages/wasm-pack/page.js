/** Uses the module that `wasm-pack build --target web` writes, with nothing between. */
import init, { StandaloneKeys } from "./pkg/strongroom.js";

await init();

window.story = {
  /** Wraps a key and opens it again; whether it is the same one. */
  async roundTrip() {
    const keyring = new StandaloneKeys();
    const [kek, pair] = ["A256KW", "P-256"].map((algorithm) => keyring.generate(algorithm));
    const envelope = keyring.wrap(pair.handle, [kek.handle]);
    const opened = keyring.unwrap(envelope, [kek.handle]);
    const [before, after] = [pair, opened].map(({ handle }) => keyring.secretJwk(handle));
    keyring.free();
    return { recipients: JSON.parse(envelope).recipients.length, same: before === after };
  },
};

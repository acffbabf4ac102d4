/** Uses the module that `wasm-pack build --target web` writes, with nothing between. */
import init, { Keyring } from "./pkg/strongroom.js";

await init();

window.story = {
  /** Wraps a key and opens it again; whether it is the same one. */
  async roundTrip() {
    const keyring = new Keyring();
    const [kek, pair] = ["A256KW", "P-256"].map((algorithm) => JSON.parse(keyring.generate(algorithm)));
    const envelope = keyring.wrap(pair.handle, [kek.handle]);
    const opened = JSON.parse(keyring.unwrap(envelope, [kek.handle]));
    const [before, after] = [pair, opened].map(({ handle }) => keyring.secretJwk(handle));
    keyring.free();
    return { recipients: JSON.parse(envelope).recipients.length, same: before === after };
  },
};

/** What a test does to a Worker: takes the wasm's memory away, or kills the Worker that runs Argon2id. */
const told = new BroadcastChannel("meddling");
const [{ instantiate }, Started] = [WebAssembly, Worker];
let memory;
let killing = false;

WebAssembly.instantiate = async (...given) => {
  const instance = await instantiate(...given);
  memory = instance.exports.memory;
  return instance;
};

globalThis.Worker = class extends Started {
  constructor(...given) {
    super(...given);
    if (killing) this.addEventListener("message", () => setTimeout(() => this.#kill()), { once: true });
  }

  /** Its first word was that it has started; now it derives. */
  #kill() {
    this.terminate();
    console.warn("killed");
  }
};

/** Grows the memory as far as it goes, but for `left` pages. */
function exhaust(left) {
  for (let pages = 65_536; pages > left; pages = Math.floor(pages / 2)) {
    try {
      for (;;) memory.grow(pages);
    } catch {
      // Fewer, then.
    }
  }
}

told.addEventListener("message", ({ data }) => {
  if (data === "kill") killing = true;
  else if (memory) exhaust(data);
  console.warn(`told: ${data}`);
});

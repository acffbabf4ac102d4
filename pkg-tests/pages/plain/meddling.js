/** What a test does to a Worker: takes the wasm's memory away. */
const told = new BroadcastChannel("meddling");
const { instantiate } = WebAssembly;
let memory;

WebAssembly.instantiate = async (...given) => {
  const instance = await instantiate(...given);
  memory = instance.exports.memory;
  return instance;
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
  if (memory) exhaust(data);
  console.warn(`told: ${data}`);
});

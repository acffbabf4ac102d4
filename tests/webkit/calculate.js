// Runs in `jsc` and in Node. Arguments: the wasm, what it gives, and for how many seconds.
// Each round takes a fresh instance, so that the engine compiles it once more while it runs.
const shell = typeof readFile === "function";
const [file, table, seconds] = shell ? arguments : process.argv.slice(2);
const bytes = shell ? readFile(file, "binary") : require("node:fs").readFileSync(file);
const say = shell ? print : console.log;

const KINDS = ["AES-GCM", "ECDSA", "Argon2id"];
const SEEDS = 60;
const start = () => new WebAssembly.Instance(new WebAssembly.Module(bytes), {}).exports.calculate;
const expected = JSON.parse(shell ? readFile(table) : require("node:fs").readFileSync(table, "utf8"));
let instances = 0, calls = 0, wrong = 0;

const end = Date.now() + 1000 * Number(seconds);
while (Date.now() < end) {
  const calculate = start();
  instances += 1;
  const until = Date.now() + 200 + Math.random() * 3000;
  while (Date.now() < until) {
    const kind = Math.floor(Math.random() * KINDS.length);
    const seed = 1 + Math.floor(Math.random() * SEEDS);
    calls += 1;
    let given;
    try {
      given = calculate(kind, seed) >>> 0;
    } catch (trap) {
      given = String(trap);
    }
    if (given === expected[kind][seed - 1]) continue;
    wrong += 1;
    say(`${KINDS[kind]} ${seed}: ${given}, and not ${expected[kind][seed - 1]} (instance ${instances}, call ${calls})`);
    // After a trap the instance's stack is not what it was.
    if (typeof given === "string") break;
  }
}
say(`${instances} instances, ${calls} calls, ${wrong} wrong`);

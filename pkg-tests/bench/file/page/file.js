/** A file through the package, and through a loop that does nothing but encrypt. Times are milliseconds. */
const file = () => document.querySelector("#file").files[0];

/** What each build has: a vault, and the file's ciphertext. */
const builds = new Map();

async function opened(which) {
  const { passphrase, Strongroom } = await import(`./${which}/dist/index.js`);
  const vault = await Strongroom.create({ name: which, factors: [passphrase("correct horse battery staple")] });
  await vault.keys.create({ alias: "files" });
  const object = await vault.encrypt(file(), { key: "files" });
  return { vault, ciphertext: await object.blob() };
}

function build(which) {
  if (!builds.has(which)) builds.set(which, opened(which));
  return builds.get(which);
}

async function drained(stream) {
  const reader = stream.getReader();
  while (!(await reader.read()).done);
}

const RUNS = {
  async encrypt({ vault }) {
    await drained((await vault.encrypt(file(), { key: "files" })).stream());
  },
  async decrypt({ vault, ciphertext }) {
    await drained((await vault.decrypt(ciphertext)).stream());
  },
};

/** As `../loops` has it: by the way of reading that the package has. */
function bareLoop() {
  const worker = new Worker("worker.js", { type: "module" });
  const ended = new Promise((resolve, reject) => {
    worker.addEventListener("message", ({ data: { done, error } }) => {
      if (error) reject(new Error(error));
      else if (done) resolve();
    });
  });
  worker.postMessage({ loop: { reading: "byte stream", piece: 4 * (262_144 - 16), encrypts: true }, file: file() });
  return ended.finally(() => worker.terminate());
}

window.story = {
  async run(what, which) {
    const given = which && (await build(which));
    const from = performance.now();
    await (which ? RUNS[what](given) : bareLoop());
    return performance.now() - from;
  },
};

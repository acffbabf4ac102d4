/** The code in README.md, docs and doc comments: strictly typed, and run in a page. */
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { copyFileSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, it, test } from "node:test";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { engines, startBrowser } from "../../harness/browsers/browsers.mjs";
import { load, story } from "../../harness/browsers/drive.mjs";
import { temporaryFolder } from "../../harness/consumer.mjs";
import { fillFrames } from "../../harness/documentation/frames.mjs";
import { installInto, startPresigner } from "../../harness/examples.mjs";
import { serveSamples } from "../../harness/servers/samples-server.mjs";
import { startServer, STORE_CREDENTIALS } from "../../harness/servers/server.mjs";

const here = fileURLToPath(new URL(".", import.meta.url));
const samples = join(here, "../../samples");
const folder = temporaryFolder();
const { blocks, used } = fillFrames(folder);
installInto(folder);

/** The names of the programs, in their order. */
const programs = readdirSync(samples).flatMap((name) =>
  [...readFileSync(join(samples, name), "utf8").matchAll(/^export async function (\w+)\(\): Promise<void>/gm)].map(
    ([, program = ""]) => program,
  ),
);

/** Files that the documentation quotes, and that other tests run. */
const quoted = [
  "pkg-tests/suites/adopters/vite-7/vite.config.js",
  "pkg-tests/suites/adopters/vite-media/vite.config.js",
  "pkg-tests/suites/adopters/vite-media/service-worker.js",
  "pkg-tests/suites/adopters/vite-media/register.js",
  "pkg-tests/suites/adopters/offline/offline.js",
  "examples/react/src/app.tsx",
  "js/tests/testing-samples.test.mjs",
].map((path) => code(readFileSync(join(here, "../../..", path), "utf8")));

/** Without comments and white space. @param {string} text */
function code(text) {
  return text.replaceAll(/\/\*.*?\*\/|(?<!:)\/\/[^\n]*|\s+/gs, "");
}

test("every block of TypeScript and JavaScript is run: in a frame, or in a file that other tests run", () => {
  const left = blocks.filter((block) => ["ts", "tsx", "js"].includes(block.language) && !used.has(block));
  const unseen = left.filter(({ text }) => !quoted.some((whole) => whole.includes(code(text))));
  assert.deepEqual(unseen.map(({ file, line }) => `${file}:${line}`), []);
});

test("every block of JSON can be parsed", () => {
  for (const { file, line, text } of blocks.filter(({ language }) => language === "json")) {
    assert.doesNotThrow(() => JSON.parse(text), `${file}:${line}`);
  }
});

test("strict TypeScript finds no mistake in them", () => {
  const options = {
    target: "ES2022",
    module: "ESNext",
    moduleResolution: "bundler",
    lib: ["ES2024", "ESNext.Disposable", "DOM", "DOM.Iterable"],
    types: [],
    noEmit: true,
    strict: true,
    exactOptionalPropertyTypes: true,
    noUncheckedIndexedAccess: true,
    skipLibCheck: true,
  };
  writeFileSync(join(folder, "tsconfig.json"), JSON.stringify({ compilerOptions: options, include: ["*.ts"] }));
  const compiler = join(folder, "node_modules/typescript/bin/tsc");
  execFileSync(process.execPath, [compiler, "-p", "."], { cwd: folder, stdio: ["ignore", "inherit", "inherit"] });
});

for (const engine of engines.filter((one) => one === "Chromium")) {
  describe(`the documentation's code in ${engine}`, () => {
    /** @type {Awaited<ReturnType<typeof serveSamples>>} */
    let page;
    /** @type {Awaited<ReturnType<typeof startServer>>} */
    let server;
    /** @type {Awaited<ReturnType<typeof startPresigner>>} */
    let signer;
    /** @type {import("selenium-webdriver").WebDriver} */
    let driver;

    const opened = async () => {
      await load(driver, `${page.origin}/`);
      await story(driver, "bundlersInit");
    };

    before(async () => {
      const site = await bundled();
      page = await serveSamples(site);
      server = await startServer(site, { origins: [page.origin] });
      signer = await startPresigner(server);
      page.use(signer.origin, { endpoint: server.store, bucket: "strongroom", credentials: STORE_CREDENTIALS });
      ({ driver } = await startBrowser(engine));
      await opened();
    });
    after(async () => {
      await driver?.quit();
      await Promise.all([signer?.stop(), server?.stop(), page?.stop()]);
    });

    it("does what README.md begins with, and again after a reload", async () => {
      await story(driver, "readmeFirst");
      await story(driver, "readmeFirst");
      await opened();
      await story(driver, "readmeFirst");
    });

    for (const program of programs.filter((name) => !["bundlersInit", "readmeFirst"].includes(name))) {
      it(`does what it says: ${program}`, () => story(driver, program));
    }
  });
}

/** A folder with the page. The package stays as it is, beside it. */
async function bundled() {
  const site = temporaryFolder();
  installInto(site);
  const dist = join(site, "node_modules/strongroom/dist");
  const common = /** @type {const} */ ({ bundle: true, format: "esm", target: "es2022", logLevel: "error" });
  await build({
    ...common,
    entryPoints: [join(folder, "page.ts")],
    outfile: join(site, "page.js"),
    // These stay in files of their own, beside the Worker's; the import map names them.
    external: ["strongroom"],
    alias: { "strongroom/tus": join(dist, "tus.js"), "strongroom/uppy": join(dist, "uppy.js") },
  });
  for (const name of ["service-worker", "service-worker-comment"]) {
    await build({ ...common, entryPoints: [join(folder, `${name}.ts`)], outfile: join(site, `${name}.js`) });
  }
  copyFileSync(join(samples, "index.html"), join(site, "index.html"));
  copyFileSync(join(dist, "strongroom_bg.wasm"), join(site, "strongroom_bg.wasm"));
  copyFileSync(join(dist, "worker.js"), join(site, "strongroom-worker.js"));
  return site;
}

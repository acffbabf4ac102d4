/**
 * Builds the documentation site: `node build.mjs FOLDER`. TypeDoc writes a page for each entry of the package; the pages
 * of this folder and of the repository's top are put beside them, and VitePress makes the site.
 */
import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { Application, LogLevel } from "typedoc";
import { build } from "vitepress";

const docs = fileURLToPath(new URL("..", import.meta.url));
const root = join(docs, "..");
const folder = resolve(process.argv[2] ?? join(root, "target/docs"));
/** In this folder, so that what VitePress makes of them finds its packages. */
const pages = join(docs, ".vitepress/pages");
const ENTRIES = ["index", "standalone", "s3", "kms", "files", "media", "tus", "uppy", "store", "react", "testing"];
/** Pages of the repository's top that the site has too. */
const TOP = ["ARCHITECTURE.md", "CHANGELOG.md", "CONTRIBUTING.md", "SECURITY.md"];

for (const old of [folder, pages]) rmSync(old, { recursive: true, force: true });
mkdirSync(pages, { recursive: true });
await reference();
for (const name of readdirSync(docs, { recursive: true, encoding: "utf8" })) {
  if (/^(node_modules|\.vitepress)/.test(name)) continue;
  if (name.endsWith(".md")) put(name, readFileSync(join(docs, name), "utf8"));
  if (name.endsWith(".svg")) cpSync(join(docs, name), join(pages, name));
}
cpSync(join(docs, ".vitepress/home.md"), join(pages, "index.md"));
for (const name of TOP) put(name, readFileSync(join(root, name), "utf8"));
process.env.STRONGROOM_DOCS = folder;
await build(docs);
console.log(`wrote ${folder}`);

/** The API reference. Ends the process where TypeDoc has anything to warn of. */
async function reference() {
  const application = await Application.bootstrapWithPlugins({
    entryPoints: ENTRIES.map((name) => join(root, "js/src", `${name}.ts`)),
    tsconfig: join(root, "js/tsconfig.json"),
    plugin: ["typedoc-plugin-markdown"],
    // What these stand for is said where they are used.
    intentionallyNotExported: ["Bytes", "HowToOpen", "ListenerOf", "WithKey", "classes"],
    readme: "none",
    excludeInternal: true,
    excludePrivate: true,
    disableSources: true,
    logLevel: LogLevel.Warn,
  });
  application.options.setValue("outputFileStrategy", "modules");
  application.options.setValue("hideBreadcrumbs", true);
  application.options.setValue("hidePageHeader", true);
  const project = await application.convert();
  if (!project) process.exit(1);
  application.validate(project);
  const folder = join(pages, "reference");
  await application.outputs.writeOutput({ name: "markdown", path: folder }, project);
  if (application.logger.hasErrors() || application.logger.hasWarnings()) process.exit(1);
  // The list of all is the sidebar's.
  rmSync(join(folder, "README.md"));
  for (const name of ENTRIES) {
    const entry = name === "index" ? "strongroom" : `strongroom/${name}`;
    const page = join(folder, `${name}.md`);
    writeFileSync(page, readFileSync(page, "utf8").replace(/^# .*$/m, `# ${entry}`));
  }
}

/**
 * Writes a page, those of the repository's top into a folder of their own. Links to other files of the repository become
 * plain text: the site does not know where the repository is published.
 */
function put(name, text) {
  const top = TOP.includes(name);
  const linked = text.replaceAll(/(?<!!)\[([^\]]+)\]\((?!https?:|#)([^)\s]+)\)/g, (_, words, target) => {
    const [path, anchor = ""] = target.split(/(?=#)/);
    const at = relative(root, join(top ? root : join(docs, dirname(name)), path));
    const page = TOP.includes(at) ? `project/${at}` : /^docs\/(.*\.md)$/.exec(at)?.[1];
    if (page === undefined) return words;
    return `[${words}](/${page}${anchor})`;
  });
  const path = join(pages, top ? "project" : "", name);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, linked);
}

import { readFileSync, writeFileSync } from "node:fs";
import { build } from "vite";

await build({ logLevel: "warn" });
await build({ logLevel: "warn", build: { ssr: "server.js", outDir: "server" } });

const { render } = await import("./server/server.js");
const page = readFileSync("dist/index.html", "utf8");
const rendered = render();
if (!rendered.includes("rendered on the server")) throw new Error(`the server rendered ${rendered}`);
writeFileSync("dist/index.html", page.replace("<!--rendered-->", rendered));

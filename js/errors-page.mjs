/** Writes `docs/errors.md` from what the sources say of each class. */
import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const sources = ["vault", "key", "object", "transfer", "runtime"].map(
  (name) => new URL(`src/shared/errors/${name}-errors.ts`, import.meta.url),
);
const page = new URL("../docs/errors.md", import.meta.url);

const INTRODUCTION = `# Errors

Everything the package throws is a \`StrongroomError\`. Its \`code\` is stable, its message is not. This page
is made from \`js/src/shared/errors\` by \`npm run errors\` in \`js\`.

| \`code\` | class | what it means, and what to do |
| --- | --- | --- |
`;

/** The page's text, from the sources'. */
export function errorsPage() {
  const text = sources.map((source) => readFileSync(source, "utf8")).join("");
  const classes = /\/\*\*((?:(?!\*\/)[^])*)\*\/\nexport class (\w+) extends StrongroomError \{([^]*?)\n\}/g;
  const rows = Array.from(text.matchAll(classes), ([, comment, name, body]) => {
    const [, code] = /code = "(\w+)"/.exec(body);
    return `| \`${code}\` | \`${name}\` | ${plain(comment)} |\n`;
  });
  return INTRODUCTION + rows.join("");
}

function plain(comment) {
  const lines = comment.split("\n").map((line) => line.replace(/^\s*\* ?/, "").trim());
  return lines.join(" ").trim().replaceAll("|", "\\|");
}

if (process.argv[1] === fileURLToPath(import.meta.url)) writeFileSync(page, errorsPage());

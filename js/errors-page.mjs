/** Writes `docs/errors.md` from what `errors.ts` says of each class. */
import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const source = new URL("errors.ts", import.meta.url);
const page = new URL("../docs/errors.md", import.meta.url);

const INTRODUCTION = `# Errors

Everything the package throws is a \`StrongroomError\`. Its \`code\` is stable, its message is not. This page
is made from \`js/errors.ts\` by \`npm run errors\` in \`js\`.

| \`code\` | class | what it means, and what to do |
| --- | --- | --- |
`;

/** The page's text, from the source's. */
export function errorsPage(text = readFileSync(source, "utf8")) {
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

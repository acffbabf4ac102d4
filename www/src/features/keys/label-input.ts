/** A key's labels as the user types them: `team: finance, region: eu`. */

import { Problem } from "../../ui/problem";

type Labels = Readonly<Record<string, string>>;

export const LABELS_HINT = "For example team: finance, region: eu. Labels are encrypted too.";

export function formatLabels(labels: Labels): string {
  const one = ([name, value]: [string, string]) => (value ? `${name}: ${value}` : name);
  return Object.entries(labels).map(one).join(", ");
}

export function parseLabels(text: string): Labels {
  const labels = new Map<string, string>();
  for (const part of text.split(",")) {
    const [name = "", ...value] = part.split(":").map((piece) => piece.trim());
    if (name === "" && value.length === 0) continue;
    if (name === "") throw new Problem("A label needs a name before the colon.", "labels");
    if (labels.has(name)) throw new Problem(`There are two labels named “${name}”.`, "labels");
    labels.set(name, value.join(":"));
  }
  return Object.fromEntries(labels);
}

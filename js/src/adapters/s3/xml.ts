/** XML as stores write it: elements and text, read in one pass over a text whose length was bounded before. */

/** An element, with its text and the elements that it holds. @internal */
export interface XmlElement {
  readonly name: string;
  text: string;
  readonly children: XmlElement[];
}

/** Elements within elements; S3's answers have four at most. */
const DEEPEST = 16;

/**
 * The root of a whole document. `undefined` for everything else: a document that was cut off, an empty one, one with
 * a DTD, or a page of HTML. Attributes, comments and instructions are passed over. @internal
 */
export function readXml(text: string): XmlElement | undefined {
  const top: XmlElement = { name: "", text: "", children: [] };
  const open = [top];
  for (let at = 0; ; ) {
    const start = text.indexOf("<", at);
    const inside = open.at(-1)!;
    inside.text += unescaped(text.slice(at, start < 0 ? undefined : start));
    if (start < 0) break;
    const end = endOfTag(text, start);
    if (end === undefined) return undefined;
    at = end;
    const tag = text.slice(start + 1, end - 1);
    if (tag.startsWith("?") || tag.startsWith("!")) continue;
    if (tag.startsWith("/")) {
      if (open.length === 1 || open.pop()?.name !== tag.slice(1).trim()) return undefined;
      continue;
    }
    const element: XmlElement = { name: /^[^\s/]*/.exec(tag)![0], text: "", children: [] };
    inside.children.push(element);
    if (!tag.endsWith("/")) open.push(element);
    if (open.length > DEEPEST) return undefined;
  }
  const [root, other] = top.children;
  return open.length === 1 && !other && top.text.trim() === "" ? root : undefined;
}

/** The text of an element's first child of that name; "" where there is none. @internal */
export function textOf(element: XmlElement | undefined, name: string): string {
  return element?.children.find((child) => child.name === name)?.text.trim() ?? "";
}

/** Where what begins with `<` ends. A document type, which could define anything, has no end here. */
function endOfTag(text: string, start: number): number | undefined {
  if (text.startsWith("<!--", start)) return after(text, "-->", start + 4);
  if (text.startsWith("<?", start)) return after(text, "?>", start + 2);
  if (text.startsWith("<!", start)) return undefined;
  for (let at = start + 1; at < text.length; at++) {
    const char = text[at];
    if (char === ">") return at + 1;
    if (char === "<") return undefined;
    if (char !== '"' && char !== "'") continue;
    // The value of an attribute may hold anything but its quote.
    const close = text.indexOf(char, at + 1);
    if (close < 0) return undefined;
    at = close;
  }
  return undefined;
}

function after(text: string, mark: string, from: number): number | undefined {
  const at = text.indexOf(mark, from);
  return at < 0 ? undefined : at + mark.length;
}

const ENTITIES: Readonly<Record<string, string>> = { amp: "&", lt: "<", gt: ">", quot: '"', apos: "'" };

function unescaped(text: string): string {
  return text.replace(/&(?:#(\d{1,7})|#x([\da-f]{1,6})|(\w{2,4}));/gi, (whole, decimal, hex, name: string) => {
    if (name) return ENTITIES[name] ?? whole;
    const code = decimal ? Number(decimal) : Number.parseInt(hex as string, 16);
    return code <= 0x10ffff ? String.fromCodePoint(code) : whole;
  });
}

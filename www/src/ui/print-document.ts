/** Shows and prints documents of their own, such as a sheet for a safe. */

/** How long a browser's own window for printing may be open before the document is taken away, in ms. */
const LONGEST = 10 * 60_000;

/**
 * The page's policy admits no style that stands in a document. So the document's body and its style sheet are brought into an
 * empty frame, by the means that scripts have.
 *
 * @param frame one that is in the page, and empty
 * @param source HTML without scripts, as the package writes it
 * @returns its window
 */
export function fillFrame(frame: HTMLIFrameElement, source: string): Window | undefined {
  const parsed = new DOMParser().parseFromString(trusted(source), "text/html");
  const { contentWindow: inside, contentDocument: sheet } = frame;
  if (!inside || !sheet) return undefined;
  const { CSSStyleSheet: Sheet } = inside as Window & typeof globalThis;
  sheet.adoptedStyleSheets = [...parsed.querySelectorAll("style")].map((style) => {
    const rules = new Sheet();
    rules.replaceSync(style.textContent ?? "");
    return rules;
  });
  sheet.title = parsed.title;
  for (const name of ["lang", "dir"]) sheet.documentElement.setAttribute(name, parsed.documentElement.getAttribute(name) ?? "");
  sheet.body.replaceWith(sheet.adoptNode(parsed.body));
  return inside;
}

/** Leaves nothing of it in the page. @param source HTML without scripts, as the package writes it */
export function printDocument(source: string): void {
  const frame = document.createElement("iframe");
  frame.dataset["testid"] = "printed";
  // Seen by nobody, but laid out: some browsers print nothing that is not.
  Object.assign(frame.style, { position: "fixed", inset: "0 auto auto 0", width: "0", height: "0", border: "0", opacity: "0" });
  document.body.append(frame);
  const inside = fillFrame(frame, source);
  if (!inside) return frame.remove();
  frame.title = inside.document.title;
  const end = () => frame.remove();
  inside.addEventListener("afterprint", end, { once: true });
  setTimeout(end, LONGEST);
  inside.focus();
  inside.print();
}

/** The page requires Trusted Types. */
function trusted(source: string): string {
  if (!("trustedTypes" in globalThis)) return source;
  policy ??= trustedTypes.createPolicy("strongroom-demo-print", { createHTML: (html) => html });
  return policy.createHTML(source);
}

let policy: HtmlPolicy | undefined;

interface HtmlPolicy {
  /** `TrustedHTML` is no string, but the parser takes it as one. */
  createHTML(html: string): string;
}

declare const trustedTypes: { createPolicy(name: string, rules: HtmlPolicy): HtmlPolicy };

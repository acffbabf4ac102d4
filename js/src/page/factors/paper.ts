/** A paper that opens a vault, as a page to print: one document without scripts, which loads nothing. Loaded when one is asked for. */
import { escapedHtml, styleSource } from "../../shared/html-text.js";
import { codeOf } from "./kit-code.js";
import type { KitTexts } from "./kit-texts.js";

/** Every text, whether it was given or not. @internal */
export type AllTexts<Texts> = Required<{ [Name in keyof Texts]: string }>;

/** What is known of a paper, and how the page calls it. @internal */
export type Fact = readonly [label: string, fact: string, kind?: string];

/** What is on the page besides its texts. @internal */
export interface Paper {
  vault: string;
  facts: readonly Fact[];
  words: readonly string[];
}

/** Black on white in every theme. Fits on A4 and on Letter, within the margins that a printer has. */
const STYLE = `
@page { margin: 12mm 16mm; }
* { box-sizing: border-box; }
html { background: #fff; color: #000; color-scheme: only light; forced-color-adjust: none; }
body { margin: 0 auto; max-width: 178mm; font: 9.3pt/1.38 "Helvetica Neue", Helvetica, Arial, "Liberation Sans", sans-serif; }
h1 { margin: 0; font-size: 21pt; line-height: 1.1; letter-spacing: -0.01em; }
h2 { margin: 0 0 1mm; font-size: 10.5pt; line-height: 1.3; }
p, ol, dl, dd { margin: 0; padding: 0; }
header { border-bottom: 0.6mm solid #000; padding-bottom: 3mm; }
dl { display: grid; grid-template-columns: auto 1fr; gap: 0.7mm 4mm; margin-top: 3mm; }
dt { font-weight: 700; }
dd { display: -webkit-box; -webkit-box-orient: vertical; -webkit-line-clamp: 3; overflow: hidden; overflow-wrap: anywhere; }
dd.id { font: 8.5pt/1.5 ui-monospace, Menlo, Consolas, "Liberation Mono", monospace; }
.warning { margin: 3.5mm 0; font-size: 10pt; font-weight: 700; }
.secret { display: grid; grid-template-columns: 1fr 54mm; gap: 6mm; align-items: center; border: 0.4mm solid #000; border-radius: 2mm; padding: 3mm 4mm; }
.words { display: grid; grid-template-rows: repeat(8, 1fr); grid-auto-flow: column; grid-auto-columns: 1fr; gap: 0.9mm 4mm; list-style: none; counter-reset: word; direction: ltr; }
.words li { display: flex; align-items: baseline; gap: 2mm; border-bottom: 0.2mm solid #999; padding-bottom: 0.6mm; counter-increment: word; font: 700 11.5pt/1.35 ui-monospace, Menlo, Consolas, "Liberation Mono", monospace; }
.words.long { grid-template-rows: repeat(11, 1fr); row-gap: 0.5mm; }
.words.long li { padding-bottom: 0.4mm; font-size: 11pt; }
.words li::before { content: counter(word); width: 5mm; text-align: right; font-size: 8pt; font-weight: 400; }
.code svg { display: block; width: 100%; height: auto; }
.code p { font-size: 8pt; line-height: 1.3; text-align: center; }
section { margin-top: 4mm; break-inside: avoid; }
section ol { padding-inline-start: 5mm; margin-bottom: 1mm; }
.tried { display: grid; grid-template-columns: auto repeat(4, 1fr); gap: 5mm; align-items: end; margin-top: 3mm; }
.tried i { border-bottom: 0.2mm solid #000; height: 5mm; }
footer { margin-top: 4mm; border-top: 0.2mm solid #999; padding-top: 2mm; font-size: 8pt; }
@media screen { body { padding: 12mm 16mm; max-width: 210mm; } }
@media screen and (max-width: 150mm) { body { padding: 5mm; } .secret { grid-template-columns: 1fr; } .code { max-width: 54mm; margin: auto; } }
`;

/** One more than the words of a kit would make the columns too long. */
const SHORT = 24;

/** @internal */
export async function paperOf({ vault, facts, words }: Paper, texts: AllTexts<KitTexts>): Promise<string> {
  const policy = `default-src 'none'; style-src ${await styleSource(STYLE)}; base-uri 'none'; form-action 'none'`;
  const steps = texts.open.split("\n").filter(Boolean).map((step) => `<li>${escapedHtml(step)}</li>`);
  const list = words.length > SHORT ? "words long" : "words";
  return [
    "<!doctype html>",
    `<html lang="${escapedHtml(texts.lang)}" dir="${texts.direction}">`,
    `<head><meta charset="utf-8"><meta http-equiv="Content-Security-Policy" content="${policy}">`,
    '<meta name="viewport" content="width=device-width"><meta name="referrer" content="no-referrer"><meta name="robots" content="noindex">',
    `<title>${escapedHtml(`${texts.title}: ${vault}`)}</title><style>${STYLE}</style></head>`,
    `<body><header>${part("h1", texts.title)}<dl>${facts.map(row).join("")}</dl></header>`,
    `<main>${part("p", texts.warning, "warning")}`,
    `<div class="secret"><ol class="${list}" lang="en" translate="no">${words.map((word) => part("li", word)).join("")}</ol>`,
    `<div class="code">${codeOf(words.join(" "), texts.code)}${part("p", texts.scan)}</div></div>`,
    section(texts.openTitle, steps.length > 0 ? `<ol>${steps.join("")}</ol>` : "", part("p", texts.needs)),
    section(texts.lostTitle, part("p", texts.lost)),
    section(texts.rehearseTitle, part("p", texts.rehearse), triedOn(texts.tried)),
    `</main>${part("footer", texts.footer)}</body></html>`,
  ].join("\n");
}

/** As the page writes it. @internal */
export function dateIn(lang: string, date: Date): string {
  return new Intl.DateTimeFormat(lang, { dateStyle: "long" }).format(date);
}

/** An element with a text; none where there is no text. */
function part(tag: string, text: string, kind?: string): string {
  if (text === "") return "";
  return `<${tag}${kind === undefined ? "" : ` class="${kind}"`}>${escapedHtml(text)}</${tag}>`;
}

/** What is known of the paper: its direction is its own. */
function row([label, fact, kind]: Fact): string {
  if (label === "") return "";
  return `${part("dt", label)}<dd${kind === undefined ? "" : ` class="${kind}"`}><bdi>${escapedHtml(fact)}</bdi></dd>`;
}

function section(title: string, ...content: string[]): string {
  const inside = [part("h2", title), ...content].join("");
  return inside === "" ? "" : `<section>${inside}</section>`;
}

/** Lines for dates, which are written by hand. */
function triedOn(label: string): string {
  return label === "" ? "" : `<p class="tried"><span>${escapedHtml(label)}</span>${"<i></i>".repeat(4)}</p>`;
}

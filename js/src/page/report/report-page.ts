/** A report as a page to print: one document without scripts, which loads nothing. Loaded when one is asked for. */
import { escapedHtml, styleSource } from "../../shared/html-text.js";
import type {
  ReportCell,
  ReportCitation,
  ReportColumn,
  ReportDocument,
  ReportLine,
  ReportSection,
  ReportStatus,
} from "../../shared/model/report-document.js";
import { rulesText } from "./given-rules.js";
import { REPORT_STYLE } from "./report-style.js";

const STATUS: Readonly<Record<ReportStatus, string>> = {
  found: "Reported",
  none: "Nothing to report",
  partial: "In part",
  "not-examined": "Not examined",
};

/** Rows that are one text: a large table is in pieces, which the browser may keep on disk. */
const ROWS_OF_PIECE = 1000;

/** @internal */
export async function reportPage(document: ReportDocument): Promise<Blob> {
  const policy = `default-src 'none'; style-src ${await styleSource(REPORT_STYLE)}; base-uri 'none'; form-action 'none'`;
  const { vault, citations } = document;
  const named = vault.name ?? vault.id;
  const cited = new Map(citations.map((citation) => [citation.id, citation]));
  const parts = [
    '<!doctype html>\n<html lang="en" dir="ltr">',
    `<head><meta charset="utf-8"><meta http-equiv="Content-Security-Policy" content="${policy}">`,
    '<meta name="viewport" content="width=device-width"><meta name="referrer" content="no-referrer"><meta name="robots" content="noindex">',
    `<title>${shown(`Key management report: ${named}`)}</title><style>${REPORT_STYLE}</style></head>`,
    `<body><header>${head(document, named)}</header><main>`,
    limitsPart(document),
    overview(document),
    ...document.sections.flatMap((section) => sectionParts(section, cited)),
    citationsPart(citations),
    `</main><footer>Written by strongroom ${shown(document.release)}. Times are in UTC.</footer></body></html>\n`,
  ];
  return new Blob(parts, { type: "text/html" });
}

function head({ disclaimer, scope, vault, at, period, names, reasons, rules, release }: ReportDocument, named: string): string {
  const facts: [string, string][] = [
    ["From", timeText(period.from)],
    ["To, not included", timeText(period.to)],
    ["Begun at; states are as of then, or of while it was made", timeText(at)],
    ["Vault’s id", `<span class="id">${shown(vault.id)}</span>`],
    ["Names that people chose", names ? "Included" : "Left out"],
    ["Reasons that people gave", reasons ? "Included" : "Left out"],
    ["Rules for alerts", shown(rulesText(rules))],
    ["Release", shown(release)],
    ["Times", "UTC"],
  ];
  return [
    "<h1>Key management report</h1>",
    `<p class="vault">Vault <bdi>${shown(named)}</bdi></p>`,
    `<dl class="facts">${facts.map(([label, fact]) => `<div><dt>${label}</dt><dd>${fact}</dd></div>`).join("")}</dl>`,
    `<p class="disclaimer">${shown(disclaimer)}</p>`,
    `<ul class="scope">${scope.map((sentence) => `<li>${shown(sentence)}</li>`).join("")}</ul>`,
  ].join("");
}

function limitsPart({ limits }: ReportDocument): string {
  const title = '<section aria-labelledby="limits"><h2 id="limits">What was not looked at</h2>';
  if (limits.length === 0) return `${title}<p class="statement">All that this report is about was looked at.</p></section>`;
  const items = limits.map(({ id, message }) => `<p class="left" id="${shown(id)}">${shown(message)}</p>`);
  return `${title}${items.join("")}</section>`;
}

function overview({ sections }: ReportDocument): string {
  const rows = sections.flatMap(({ title, lines }) =>
    lines.map(
      ({ id, title: line, status, statement }) =>
        `<tr><td>${shown(title)}</td><th scope="row"><a href="#${shown(id)}">${shown(line)}</a></th><td>${statusText(status)}</td><td>${shown(statement)}</td></tr>`,
    ),
  );
  const columns = ["Section", "Line", "Status", "Statement"].map((column) => `<th scope="col">${column}</th>`).join("");
  const table = `<table class="overview"><caption>All lines</caption><thead><tr>${columns}</tr></thead><tbody>${rows.join("")}</tbody></table>`;
  return `<section aria-labelledby="overview"><h2 id="overview">Overview</h2>${scrolling("All lines", table)}</section>`;
}

function sectionParts({ id, title, lines }: ReportSection, cited: ReadonlyMap<string, ReportCitation>): string[] {
  const begin = `<section aria-labelledby="section-${shown(id)}"><h2 id="section-${shown(id)}">${shown(title)}</h2>`;
  return [begin, ...lines.flatMap((line) => lineParts(line, cited)), "</section>"];
}

function lineParts(line: ReportLine, cited: ReadonlyMap<string, ReportCitation>): string[] {
  const { id, title, status, statement, limits, cites } = line;
  const left = limits.map((limit) => `<a href="#${shown(limit)}">${shown(limit.replace("-", " "))}</a>`).join(", ");
  return [
    `<h3 id="${shown(id)}">${shown(title)} ${statusText(status)}</h3><p class="statement">${shown(statement)}</p>`,
    limits.length > 0 ? `<p class="left">Not looked at: ${left}</p>` : "",
    ...tableParts(line),
    `<p class="cites">Speaks to: ${shown(placesOf(cites, cited))}</p>`,
  ];
}

/** "PCI DSS 4.0.1: 3.7.4, 3.7.5. SOC 2: CC6.1." */
function placesOf(cites: readonly string[], cited: ReadonlyMap<string, ReportCitation>): string {
  const places = new Map<string, string[]>();
  for (const cite of cites) {
    const { source, place } = cited.get(cite) ?? { source: cite, place: "" };
    places.set(source, [...(places.get(source) ?? []), place]);
  }
  return Array.from(places, ([source, its]) => `${source}: ${its.join(", ")}.`).join(" ");
}

/** A key's name and its id share a cell. */
function tableParts({ title, columns, rows }: ReportLine): string[] {
  if (rows.length === 0) return [];
  const shared = columns.some(({ name }) => name === "alias");
  const own = shared ? columns.filter(({ name }) => name !== "key") : columns;
  const heads = own.map((column) => `<th scope="col" class="${column.kind}">${shown(column.title)}</th>`).join("");
  const row = (cells: Readonly<Record<string, ReportCell>>): string => {
    const [first, ...others] = own as [ReportColumn, ...ReportColumn[]];
    const id = shared ? `<span class="id">${shownCell(cells["key"] ?? null, "id")}</span>` : "";
    const rest = others.map((column) => `<td class="${column.kind}">${shownCell(cells[column.name] ?? null, column.kind)}</td>`);
    return `<tr><th scope="row" class="${first.kind}">${shownCell(cells[first.name] ?? null, first.kind)}${id}</th>${rest.join("")}</tr>\n`;
  };
  const pieces: string[] = [];
  for (let at = 0; at < rows.length; at += ROWS_OF_PIECE) pieces.push(rows.slice(at, at + ROWS_OF_PIECE).map(row).join(""));
  const begin = `<div class="scroll" role="region" tabindex="0" aria-label="${shown(title)}"><table><caption>${shown(title)}</caption>`;
  return [`${begin}<thead><tr>${heads}</tr></thead><tbody>\n`, ...pieces, "</tbody></table></div>"];
}

function citationsPart(citations: readonly ReportCitation[]): string {
  const rows = citations.map(
    ({ source, place, says }) => `<tr><th scope="row">${shown(source)}</th><td>${shown(place)}</td><td>${shown(says)}</td></tr>`,
  );
  const table = `<table><caption>Citations</caption><thead><tr><th scope="col">Text</th><th scope="col">Place</th><th scope="col">What it says, in short</th></tr></thead><tbody>${rows.join("")}</tbody></table>`;
  return `<section aria-labelledby="citations"><h2 id="citations">What lines speak to</h2>${scrolling("Citations", table)}</section>`;
}

function scrolling(label: string, table: string): string {
  return `<div class="scroll" role="region" tabindex="0" aria-label="${label}">${table}</div>`;
}

function statusText(status: ReportStatus): string {
  return `<span class="status ${status}">${STATUS[status]}</span>`;
}

function shownCell(cell: ReportCell, kind: ReportColumn["kind"]): string {
  if (cell === null || cell === "") return '<span class="nothing">none</span>';
  if (typeof cell === "boolean") return cell ? "yes" : "no";
  if (typeof cell === "number") return kind === "time" ? timeText(cell) : shown(cell.toLocaleString("en"));
  return `<bdi>${shown(cell)}</bdi>`;
}

/** "2026-11-30 11:22:58"; a clock that is far out is told in milliseconds. */
function timeText(at: number): string {
  const date = new Date(at);
  if (Number.isNaN(date.getTime())) return shown(String(at));
  const iso = date.toISOString();
  return `<time datetime="${iso}">${iso.slice(0, -5).replace("T", " ")}</time>`;
}

/**
 * Control and format characters that could show a text as another one, and letters, marks and signs that have no shape of their own: fillers,
 * variation selectors, the blank pattern of Braille, the null notehead. All but the joiners that languages and signs need.
 */
const UNSEEN = /[\p{Cc}\p{Cf}\p{Co}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}\u2800\u{16fe4}\u{1d159}]/gu;
const JOINERS = new Set(["\u200c", "\u200d", "\n"]);

/** Text that is read as it is: whatever cannot be seen is shown by its number. */
function shown(text: string): string {
  const seen = text.replaceAll(UNSEEN, (sign) => (JOINERS.has(sign) ? sign : `\\u{${(sign.codePointAt(0) as number).toString(16)}}`));
  return escapedHtml(seen);
}

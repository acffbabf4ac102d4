/** How a report looks: dark on light in every theme, on a screen and on A4. */

/** @internal */
export const REPORT_STYLE = `
@page { size: A4; margin: 15mm 13mm 17mm; @bottom-right { content: counter(page) " / " counter(pages); font: 7.5pt sans-serif; color: #555; } }
* { box-sizing: border-box; }
html { background: #fff; color: #1a1c20; color-scheme: only light; forced-color-adjust: none; }
body { margin: 0 auto; padding: 2rem 1.5rem 4rem; max-width: 66rem; font: 15px/1.5 "Helvetica Neue", Helvetica, Arial, "Liberation Sans", sans-serif; }
h1, h2, h3, p, dl, dd, ul { margin: 0; padding: 0; }
h1 { font-size: 2rem; line-height: 1.15; letter-spacing: -0.015em; }
h2 { margin-top: 3rem; border-top: 2px solid #1a1c20; padding-top: 0.6rem; font-size: 1.3rem; line-height: 1.25; }
h3 { margin-top: 1.75rem; font-size: 1.02rem; line-height: 1.35; }
a { color: #174a8c; }
.vault { margin-top: 0.4rem; font-size: 1.1rem; color: #45494f; overflow-wrap: anywhere; }
.facts { display: grid; grid-template-columns: repeat(auto-fit, minmax(13rem, 1fr)); gap: 0.9rem 1.5rem; margin-top: 1.5rem; border-block: 1px solid #c9cdd3; padding: 1rem 0; }
dt { font-size: 0.8rem; color: #55595f; }
dd { overflow-wrap: anywhere; }
.disclaimer { margin-top: 1.5rem; border-inline-start: 4px solid #1a1c20; padding-inline-start: 0.9rem; font-weight: 600; max-width: 46rem; }
.scope { margin-top: 0.9rem; padding-inline-start: 1.1rem; max-width: 50rem; color: #45494f; }
.scope li + li { margin-top: 0.25rem; }
.statement { margin-top: 0.3rem; max-width: 50rem; }
.status { display: inline-block; border: 1px solid currentColor; border-radius: 3px; padding: 0 0.4em; font-size: 0.75rem; font-weight: 600; line-height: 1.5; white-space: nowrap; }
.status.found { color: #14532d; } .status.none { color: #45494f; } .status.partial, .status.not-examined { color: #8a3b00; background: #fff6ec; }
h3 .status { margin-inline-start: 0.5em; vertical-align: 0.1em; }
.left { margin-top: 0.4rem; border-inline-start: 3px solid #b45309; padding-inline-start: 0.7rem; color: #6b2f00; max-width: 50rem; font-size: 0.9rem; }
.cites { margin-top: 0.5rem; font-size: 0.8rem; color: #55595f; max-width: 56rem; }
.scroll { margin-top: 0.7rem; overflow-x: auto; }
.scroll:focus-visible { outline: 2px solid #174a8c; outline-offset: 2px; }
table { border-collapse: collapse; width: 100%; font-size: 0.82rem; line-height: 1.4; }
caption { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
th, td { border-bottom: 1px solid #d9dce1; padding: 0.3rem 0.8rem 0.3rem 0; text-align: start; vertical-align: top; overflow-wrap: anywhere; min-width: 3.2rem; }
thead th { border-bottom: 1px solid #1a1c20; font-weight: 600; vertical-align: bottom; overflow-wrap: normal; }
tbody th { min-width: 9rem; font-weight: 400; } td.text { min-width: 6rem; }
th.number, td.number { text-align: end; font-variant-numeric: tabular-nums; }
td.time { min-width: 6.2rem; font-variant-numeric: tabular-nums; }
.id { font: 0.78rem/1.4 ui-monospace, Menlo, Consolas, "Liberation Mono", monospace; white-space: pre-wrap; overflow-wrap: anywhere; }
th .id { display: block; color: #55595f; }
td.id { min-width: 9rem; }
.nothing { color: #6a6e75; }
footer { margin-top: 3rem; border-top: 1px solid #c9cdd3; padding-top: 0.8rem; font-size: 0.8rem; color: #55595f; }
.overview td:first-child, .overview .status { white-space: nowrap; }
@media (max-width: 40rem) { body { padding: 1.2rem 1rem 3rem; } h1 { font-size: 1.6rem; } .overview td:nth-child(4), .overview th:nth-child(4) { display: none; } }
@media print {
  body { padding: 0; max-width: none; font-size: 9pt; line-height: 1.4; }
  h1 { font-size: 19pt; } h2 { margin-top: 8mm; font-size: 13pt; } h3 { margin-top: 5mm; font-size: 10pt; }
  h2, h3, .statement, .left { break-after: avoid; }
  .disclaimer, .facts, tr, li, .left { break-inside: avoid; }
  .facts { grid-template-columns: repeat(4, 1fr); gap: 2mm 5mm; padding: 2.5mm 0; margin-top: 4mm; }
  .scroll { overflow: visible; }
  table { font-size: 7.4pt; } thead { display: table-header-group; }
  th, td { padding: 0.8mm 2mm 0.8mm 0; min-width: 0; } tbody th { min-width: 32mm; } td.text { min-width: 17mm; } td.time { min-width: 17mm; } td.id { min-width: 22mm; } .id { font-size: 6.4pt; }
  .cites, dt, footer { font-size: 7.4pt; } .left { font-size: 8pt; } .status { font-size: 7pt; }
  a { color: inherit; text-decoration: none; }
}
`;

/** A report for auditors, as the page writes, shows and saves it. */

import type { ReportDocument, Vault } from "strongroom";
import { Problem } from "../../ui/problem";

/** What was written. It stays when the vault is locked, and the page forgets it with the view. */
export interface WrittenReport {
  readonly document: ReportDocument;
  readonly json: Blob;
  readonly page: Blob;
  /** The page's text. */
  readonly source: string;
  /** Of the files: the vault's name, unless names are left out, and the period. */
  readonly name: string;
}

const DAY = 24 * 60 * 60 * 1000;

/** As a field for dates has it: of UTC, as the report is. */
export function dayOf(at: number): string {
  return new Date(at).toISOString().slice(0, 10);
}

/** What a form asks for. */
export interface AskedReport {
  /** Days, both of them in the period. */
  readonly from: string;
  readonly to: string;
  readonly names: boolean;
  readonly reasons: boolean;
}

export function askedOf(values: FormData): AskedReport {
  const [from, to] = ["from", "to"].map((name) => String(values.get(name) ?? "")) as [string, string];
  return { from, to, names: values.has("names"), reasons: values.has("reasons") };
}

export async function writeReport(
  vault: Vault,
  asked: AskedReport,
  signal: AbortSignal,
  onProgress: (progress: { done: number; total: number | undefined }) => void,
): Promise<WrittenReport> {
  const [from, last] = [Date.parse(asked.from), Date.parse(asked.to)];
  if (Number.isNaN(from)) throw new Problem("Choose the first day.", "from");
  if (Number.isNaN(last)) throw new Problem("Choose the last day.", "to");
  if (from > last) throw new Problem("The last day is before the first one.", "to");
  // A day that is not over yet ends now.
  const to = Math.max(from + 1, Math.min(last + DAY, Date.now()));
  const { names, reasons } = asked;
  const report = await vault.report({ from, to, names, reasons, signal, onProgress });
  const page = await report.html();
  return {
    document: report.document,
    json: report.json(),
    page,
    source: await page.text(),
    name: `${names ? `${fileName(vault.name)}-` : ""}keys-${asked.from}-to-${asked.to}`,
  };
}

/** A vault's name is any text. */
function fileName(name: string): string {
  return name.replaceAll(/[^\p{L}\p{N}._-]+/gu, "-");
}

/** Evidence of how a vault's keys are managed, as JSON and as a page to print. */
import type { ReportDocument } from "../../shared/model/report-document.js";
import { loadLazily } from "../runtime/lazy-scripts.js";

/** What `vault.report()` resolves with. It keeps nothing of the vault but what is in the document, and can be used once the vault is locked. */
export class VaultReport {
  /** The report, frozen. */
  readonly document: ReportDocument;

  /** @internal */
  constructor(document: ReportDocument) {
    this.document = document;
  }

  /** The document as JSON, of the type `application/json`. */
  json(): Blob {
    return new Blob([`${JSON.stringify(this.document)}\n`], { type: "application/json" });
  }

  /**
   * The document as a page to print, of the type `text/html`: one file in English without scripts, which loads nothing. Whatever stands in
   * the report is escaped.
   *
   * @example
   * const page = await report.html();
   * link.href = URL.createObjectURL(page);
   *
   * @throws UnsupportedError where the script that writes it does not load
   */
  async html(): Promise<Blob> {
    const { reportPage } = await loadLazily(() => import("./report-page.js"), "writes reports as pages");
    return reportPage(this.document);
  }
}

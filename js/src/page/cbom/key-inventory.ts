/** The inventory of a vault's keys, for whoever audits them. */
import { abortable, report } from "../../shared/async.js";
import type { KeyInfo } from "../../shared/model/key-info.js";
import type { OperationOptions } from "../../shared/model/progress.js";
import { check, optionsOf, WATCH, type Checks } from "../../shared/options.js";
import { RELEASE } from "../../shared/release.js";
import { recordsState } from "../inventory/records-state.js";
import type { UseEngine } from "../runtime/connection.js";
import { algorithmComponent, type AlgorithmName } from "./cbom-algorithms.js";
import { factorInfo } from "../factors/told-factor.js";
import { factorComponents } from "./cbom-factors.js";
import { algorithmsOf, versionComponents, type CbomTerms } from "./cbom-keys.js";

/** `onProgress` counts keys; their `total` is known at the end. An abort takes effect within 1,000 of them. */
export interface CbomOptions extends OperationOptions {
  /** `false` leaves the names out that you chose: each key is named by its id in place of its alias, the vault by its id. */
  names?: boolean | undefined;
  /** `true` writes the keys' labels too, as properties `strongroom:label:<name>`. */
  labels?: boolean | undefined;
}

const CBOM = { ...WATCH, names: check.flag, labels: check.flag } satisfies Checks<CbomOptions>;

/** Keys that are read at once. */
const KEYS_AT_ONCE = 1000;
/** How often the keys are read where they are changed meanwhile. */
const KEY_READINGS = 3;
/** As CycloneDX registered it. */
const MEDIA_TYPE = "application/vnd.cyclonedx+json; version=1.7";

/** Components in JSON, a text for each page of keys, and the algorithms that they refer to. */
interface Components {
  readonly texts: Blob[];
  readonly algorithms: ReadonlySet<AlgorithmName>;
  readonly keys: number;
}

export class KeyInventory {
  readonly #use: UseEngine;
  readonly #vault: { readonly id: string; readonly name: string };

  /** @internal */
  constructor(use: UseEngine, vault: { readonly id: string; readonly name: string }) {
    this.#use = use;
    this.#vault = vault;
  }

  /**
   * A cryptography bill of materials of the vault's keys: a CycloneDX 1.7 document in JSON. Each version of each key that
   * `vault.keys.list({ destroyed: true })` gives is a component, and refers to its algorithm. It holds no material of any key,
   * neither secret nor public. So is each key elsewhere that an escrow or a gate depends on, by its thumbprint.
   *
   * Of many keys in a vault that is changed all the time, the third reading has to do: what was changed during it may be in
   * the document as it was before or afterwards.
   *
   * @example
   * const cbom = await vault.inventory.cbom({ names: false });
   * const { components } = JSON.parse(await cbom.text());
   *
   * @throws LockedError; AbortedError
   */
  async cbom(options?: CbomOptions): Promise<Blob> {
    const { names = true, labels = false, signal, onProgress } = optionsOf<CbomOptions>(options, CBOM);
    let most = -1;
    const tell = (done: number, total?: number): void => {
      if (done <= most && total === undefined) return;
      most = Math.max(most, done);
      report(onProgress, { done: most, total: total === undefined ? total : most });
    };
    for (let left = KEY_READINGS; ; left -= 1) {
      const [at, before] = [new Date(), await abortable(signal, this.#state)];
      const components = await this.#read({ names, labels }, signal, tell);
      if (left > 1 && before !== (await abortable(signal, this.#state))) continue;
      tell(components.keys, components.keys);
      return this.#document(at, names, components);
    }
  }

  readonly #state = (): Promise<string> => recordsState(this.#use);

  async #read(terms: CbomTerms, signal: AbortSignal | undefined, tell: (done: number) => void): Promise<Components> {
    const texts: Blob[] = [];
    const algorithms = new Set<AlgorithmName>();
    let keys = 0;
    const { factors } = await abortable(signal, () => this.#use().peer.call("listFactors"));
    const elsewhere = factors.flatMap((factor) => factorComponents(factorInfo(factor), terms)).map((component) => JSON.stringify(component));
    if (elsewhere.length > 0) texts.push(new Blob([elsewhere.join(",\n")]));
    for (let after: string | undefined; ; ) {
      const query = { destroyed: true, limit: KEYS_AT_ONCE, ...(after !== undefined && { after }) };
      const page = await abortable(signal, () => this.#use().peer.call("listKeys", query));
      if (page.keys.length > 0) texts.push(pageText(page.keys, terms));
      for (const key of page.keys) for (const name of algorithmsOf(key)) algorithms.add(name);
      keys += page.keys.length;
      tell(keys);
      if (page.next === undefined) return { texts, algorithms, keys };
      after = page.next;
    }
  }

  /** In pieces, as 100,000 keys have more text than a page should hold at once. */
  #document(at: Date, names: boolean, { texts, algorithms }: Components): Blob {
    const { id, name } = this.#vault;
    const front = {
      $schema: "http://cyclonedx.org/schema/bom-1.7.schema.json",
      bomFormat: "CycloneDX",
      specVersion: "1.7",
      serialNumber: `urn:uuid:${randomUuid()}`,
      version: 1,
      metadata: {
        timestamp: at.toISOString(),
        lifecycles: [{ phase: "operations" }],
        tools: { components: [{ type: "library", name: "strongroom", version: RELEASE }] },
        component: { type: "application", "bom-ref": `vault/${id}`, name: names ? name : id },
      },
    };
    const listed = Array.from(algorithms, (each) => JSON.stringify(algorithmComponent(each)));
    const components = [...(listed.length > 0 ? [listed.join(",\n")] : []), ...texts];
    const parts = components.flatMap((text, place) => (place > 0 ? [",\n", text] : [text]));
    return new Blob([`${JSON.stringify(front).slice(0, -1)},"components":[\n`, ...parts, "\n]}\n"], { type: MEDIA_TYPE });
  }
}

/** The browser's to keep, on disk where it likes. */
function pageText(keys: readonly KeyInfo[], terms: CbomTerms): Blob {
  const components = keys.flatMap((key) => versionComponents(key, terms));
  return new Blob([components.map((component) => JSON.stringify(component)).join(",\n")]);
}

/** RFC 9562 §5.4, also on a page without TLS, where browsers have no `randomUUID`. */
function randomUuid(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = ((bytes[6] as number) & 0x0f) | 0x40;
  bytes[8] = ((bytes[8] as number) & 0x3f) | 0x80;
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}

import type { Sidecar } from "../../shared/model/sidecar.js";
import { check, optionsOf, type Checks } from "../../shared/options.js";
import { nonEmpty, requestText } from "../../shared/text.js";

const SIDECAR = { parent: check.name, name: check.name } satisfies Checks<Sidecar>;

/** What an object is a sidecar of, as JSON text. @throws ArgumentError @internal */
export function sidecarText(sidecar: Sidecar | undefined, within = "sidecar"): string | undefined {
  if (sidecar === undefined) return undefined;
  const { parent, name } = optionsOf(sidecar, SIDECAR, within);
  return requestText({ parent: nonEmpty(parent, `${within}.parent`), name: nonEmpty(name, `${within}.name`) });
}

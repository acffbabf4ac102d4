import type { Sidecar } from "../../shared/model/sidecar.js";
import { check, optionsOf, type Checks } from "../../shared/options.js";
import { nonEmpty } from "../../shared/text.js";

const SIDECAR = { parent: check.name, name: check.name } satisfies Checks<Sidecar>;

/** What an object is a sidecar of. @throws ArgumentError @internal */
export function sidecarOf(sidecar: Sidecar | undefined, within = "sidecar"): Sidecar | undefined {
  if (sidecar === undefined) return undefined;
  const { parent, name } = optionsOf(sidecar, SIDECAR, within);
  return { parent: nonEmpty(parent, `${within}.parent`), name: nonEmpty(name, `${within}.name`) };
}

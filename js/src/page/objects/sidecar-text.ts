import type { Sidecar } from "../../shared/model/sidecar.js";
import { requestText } from "../../shared/text.js";

/** @internal */
export function sidecarText(sidecar: Sidecar | undefined): string | undefined {
  return sidecar === undefined ? sidecar : requestText(sidecar);
}

import type { FactorInfo } from "strongroom";
import type { FactorsModel } from "./model";

/** Of every dialog about one of the vault's factors. */
export interface TaskProps {
  factors: FactorsModel;
  to: FactorInfo;
  close: () => void;
}

import { splitRecovery, type RecoveryShares, type SharesInfo } from "strongroom";
import { Field } from "../../ui/fields";
import { Problem } from "../../ui/problem";
import styles from "./KitSteps.module.css";

/** How many recovery shares there are to be, and how many it takes. */
export function SplitFields({ threshold = 2, shares = 3 }: Partial<SharesInfo>) {
  return (
    <div class={styles.pair}>
      <Field id="split-shares" name="shares" label="People" value={String(shares)} range={[2, 16]} hint="Each gets one share." />
      <Field
        id="split-threshold"
        name="threshold"
        label="It takes"
        value={String(threshold)}
        range={[2, 16]}
        hint="Shares that open it."
      />
    </div>
  );
}

/** New shares, as many as was typed there. */
export function splitting(values: FormData): Promise<RecoveryShares> {
  const [threshold, shares] = [Number(values.get("threshold")), Number(values.get("shares"))];
  if (threshold > shares) throw new Problem("It cannot take more shares than there are.", "threshold");
  return splitRecovery({ threshold, shares });
}

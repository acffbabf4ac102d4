import { useEffect } from "preact/hooks";
import type { HealthCheck, HealthSeverity } from "strongroom";
import text from "../../ui/text.module.css";
import styles from "./HealthList.module.css";
import type { HealthModel } from "./model";

const NAMES: Record<HealthSeverity, string> = {
  critical: "Danger",
  warning: "Warning",
  notice: "Note",
  ok: "Fine",
};

/** What can make people lose the vault, the worst first; what is fine, folded away. */
export function HealthList({ model }: { model: HealthModel }) {
  useEffect(() => {
    void model.refresh();
  }, [model]);
  const checks = model.health?.checks;
  const fine = checks?.filter(({ severity }) => severity === "ok") ?? [];
  const open = checks?.filter(({ severity }) => severity !== "ok") ?? [];
  return (
    <section class={styles.health} aria-labelledby="health-title" data-testid="health" data-severity={model.health?.severity}>
      <h3 id="health-title">How safe it is from loss</h3>
      {!checks && <p class={text.placeholder}>Looking…</p>}
      {checks && open.length === 0 && <p>Nothing is to be done.</p>}
      <Checks checks={open} />
      {fine.length > 0 && (
        <details>
          <summary>{fine.length === 1 ? "1 thing that is fine" : `${fine.length} things that are fine`}</summary>
          <Checks checks={fine} />
        </details>
      )}
    </section>
  );
}

function Checks({ checks }: { checks: readonly HealthCheck[] }) {
  if (checks.length === 0) return null;
  return (
    <ul class={styles.checks}>
      {checks.map(({ code, params, severity, message, advice }) => (
        <li key={code + JSON.stringify(params)} data-testid="health-check" data-code={code} data-severity={severity}>
          <strong class={styles.severity}>{NAMES[severity]}</strong>
          <p>
            {message} {advice && <span class={styles.advice}>{advice}</span>}
          </p>
        </li>
      ))}
    </ul>
  );
}

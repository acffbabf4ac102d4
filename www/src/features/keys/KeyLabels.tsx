import type { VaultKey } from "strongroom";
import styles from "./KeyLabels.module.css";

export function KeyLabels({ labels }: { labels: VaultKey["labels"] }) {
  const all = Object.entries(labels);
  if (all.length === 0) return null;
  return (
    <span class={styles.labels}>
      {all.map(([name, value]) => (
        <span key={name} class={styles.label}>
          <bdi>{value ? `${name}: ${value}` : name}</bdi>
        </span>
      ))}
    </span>
  );
}

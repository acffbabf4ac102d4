import { passphrase, Strongroom } from "strongroom";
import { assert, typed } from "./world.js";

export async function alerts(): Promise<void> {
  const vault = await Strongroom.create({ name: "alerting", factors: [passphrase(typed)] });
  await vault.audit.stop();
  const seen = new Set<string>();
  const told: string[] = [];
  const show = (severity: string, message: string): void => void told.push(`${severity}: ${message}`);
  await checked();
  await watched();
  await commented();
  await Strongroom.delete("alerting");

  async function checked(): Promise<void> {
    // sample: docs/alerts.md "log, from"
    assert(told.some((each) => each.includes("audit log is stopped")) && alerts.length === 2, told.join());
  }

  async function watched(): Promise<void> {
    const leaving = new AbortController();
    vault.addEventListener("alert", () => leaving.abort(), { once: true });
    // sample: docs/alerts.md "leaving.signal"
    await watching;
    assert(told.at(-1)?.startsWith("Low: "), told.join());
  }

  async function commented(): Promise<void> {
    const warn = (...words: unknown[]): void => void told.push(words.join(" "));
    {
      // sample: js/src/page/alerts/vault-alerts.ts "alerts.check"
      assert(alerts.length === 2, told.join());
    }
    const { signal } = new AbortController();
    {
      // sample: js/src/page/alerts/vault-alerts.ts "alerts.watch"
      await new Promise((resolve) => vault.addEventListener("alert", resolve, { once: true }));
      await vault.close();
      await watching;
    }
  }
}

/** Which of many values do not open, and why. */
import { toWire } from "../../shared/errors/index.js";
import type { SettledValue } from "../../shared/protocol/vault-calls.js";

type Contexts = (string | undefined)[];

/** Decrypts each token by itself: up to the first that does not open, or `all` of them. */
export async function settleValues(
  decrypt: (tokens: string[], contexts: Contexts) => Promise<string[]>,
  tokens: string[],
  contexts: Contexts,
  all: boolean,
): Promise<SettledValue[]> {
  const settled: SettledValue[] = [];
  for (const [at, token] of tokens.entries()) {
    try {
      const [json] = await decrypt([token], [contexts[contexts.length === 1 ? 0 : at]]);
      settled.push({ json: json as string });
    } catch (error) {
      settled.push({ error: toWire(error) });
      if (!all) break;
    }
  }
  return settled;
}

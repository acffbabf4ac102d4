/**
 * What a key's policy wants to be presented before an operation: one dialog for whatever asks for it. Every control, form and transfer
 * of the page does its work by `askingFactor`, so that a refusal leads to the dialog and then on with the same work.
 */

import { signal, type ReadonlySignal } from "@preact/signals";
import { PolicyError, type PolicyRule } from "strongroom";

/** The rules that somebody can satisfy here and now. */
export type FactorRuleName = Extract<PolicyRule, "freshFactor" | "secondFactor">;

/** Rules that somebody has been asked about and declined, as far as some work goes; a set of them is one. */
export interface DeclinedRules {
  has: (rule: FactorRuleName) => boolean;
  /** Called when nobody presents anything, and not for a rule that it has. */
  add: (rule: FactorRuleName) => unknown;
}

export interface FactorRequest {
  rule: FactorRuleName;
  /** @param presented whether the work is tried again */
  end: (presented: boolean) => void;
}

const current = signal<FactorRequest | undefined>(undefined);
let answer: Promise<boolean> | undefined;
let listens = false;

/** Refusals after which nobody presented anything, and the rules that they are by. */
const declined = new WeakMap<Error, FactorRuleName>();

/** What is asked for now. */
export const factorRequest: ReadonlySignal<FactorRequest | undefined> = current;

/** Whether somebody is there to be asked: while a vault is unlocked. */
export function listenForRequests(open: boolean): void {
  listens = open;
  if (!open) current.peek()?.end(false);
}

/** The rule of a refusal after which nobody presented anything; `undefined` for any other error. */
export function declinedRule(error: unknown): FactorRuleName | undefined {
  return error instanceof Error ? declined.get(error) : undefined;
}

/**
 * Does something; where a policy asks for a factor, asks for it and does it again. Work of several parts wraps each part of its own:
 * what is done again must not have done anything yet. A refusal after which nobody presented anything is not asked about again,
 * however many calls of this it passes through.
 *
 * @param known rules that refuse it without anybody being asked
 * @throws what the work throws; where nothing was presented, the refusal
 */
export async function askingFactor<T>(work: () => T | Promise<T>, known: DeclinedRules = new Set()): Promise<T> {
  for (;;) {
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof PolicyError) || declined.has(error)) throw error;
      const rule = factorRule(error.rule);
      if (!rule) throw error;
      if (!known.has(rule)) {
        if (await ask(rule)) continue;
        known.add(rule);
      }
      declined.set(error, rule);
      throw error;
    }
  }
}

function factorRule(rule: PolicyRule): FactorRuleName | undefined {
  return rule === "freshFactor" || rule === "secondFactor" ? rule : undefined;
}

/** Several transfers that are refused at once ask once. */
function ask(rule: FactorRuleName): Promise<boolean> {
  if (!listens) return Promise.resolve(false);
  answer ??= new Promise((resolve) => {
    const request: FactorRequest = {
      rule,
      // The dialog closes after an answer, too: the first one counts.
      end: (presented) => {
        if (current.peek() !== request) return;
        answer = undefined;
        current.value = undefined;
        resolve(presented);
      },
    };
    current.value = request;
  });
  return answer;
}

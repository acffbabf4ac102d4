/** A policy as the fields of a form, and back. */

import type { ContextRule, FactorRule, KeyOperation, KeyPolicy } from "strongroom";
import { Problem } from "../../ui/problem";

/** @param all the operations that the form has @param kept rules that the form does not have, which stay @returns `undefined` where no rule is left @throws Problem */
export function draftOf(values: FormData, all: readonly KeyOperation[], kept: Pick<KeyPolicy, "approval"> = {}): KeyPolicy | undefined {
  const chosen = (name: string) => values.getAll(name) as KeyOperation[];
  const operations = chosen("operations");
  if (operations.length === 0) throw new Problem("Allow at least one operation.", "operations");
  const text = (name: string) => String(values.get(name) ?? "").trim();
  const number = (name: string) => (text(name) === "" ? undefined : Number(text(name)));
  const factors = (name: string): FactorRule | undefined => {
    const named = chosen(name);
    return named.length > 0 ? { within: text(`${name}-within`), operations: named } : undefined;
  };
  const needsReason = chosen("requireReason");
  const [notBefore, notAfter] = [momentIn(text("notBefore")), momentIn(text("notAfter"))];
  if (notBefore !== undefined && notAfter !== undefined && notBefore > notAfter) {
    throw new Problem("The last moment is before the first one.", "notAfter");
  }
  const members: KeyPolicy = {
    operations: operations.length < all.length ? operations : undefined,
    requireReason: needsReason.length > 0 ? needsReason : undefined,
    freshFactor: factors("freshFactor"),
    secondFactor: factors("secondFactor"),
    notBefore,
    notAfter,
    minimumVersion: number("minimumVersion"),
    maximumUses: number("maximumUses"),
    reviewEvery: text("reviewEvery") || undefined,
    approval: kept.approval,
    context: contextIn(text("required"), values.has("only"), text("names")),
  };
  const rules = Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined));
  return Object.keys(rules).length > 0 ? rules : undefined;
}

function contextIn(required: string, isClosed: boolean, names: string): ContextRule | undefined {
  const pairs = parts(required).map((part) => part.split(":").map((piece) => piece.trim()));
  const wrong = pairs.find(([name = "", ...value]) => name === "" || value.length === 0);
  if (wrong) throw new Problem("Write a name, a colon and a value, such as tenant: 42, or an asterisk for any value.", "required");
  const rule: ContextRule = {
    ...(pairs.length > 0 && { required: Object.fromEntries(pairs.map(([name = "", ...value]) => [name, value.join(":")])) }),
    ...(isClosed && { only: parts(names) }),
  };
  return Object.keys(rule).length > 0 ? rule : undefined;
}

export const requiredText = ({ required = {} }: ContextRule): string =>
  Object.entries(required)
    .map(([name, value]) => `${name}: ${value}`)
    .join(", ");

const parts = (text: string): string[] =>
  text
    .split(",")
    .map((part) => part.trim())
    .filter((part) => part !== "");

function momentIn(text: string): number | undefined {
  const moment = new Date(text).valueOf();
  return text === "" || Number.isNaN(moment) ? undefined : moment;
}

/** A moment as a field for date and time has it, by this device's clock; to the second, where it is not on the minute. */
export function momentText(at: number | undefined): string {
  if (at === undefined) return "";
  const local = new Date(at - new Date(at).getTimezoneOffset() * 60_000).toISOString();
  return local.slice(0, at % 60_000 === 0 ? 16 : at % 1000 === 0 ? 19 : 23);
}

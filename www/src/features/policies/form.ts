/** A policy as the fields of a form, and back. */

import type { ApprovableOperation, ApprovalRule, ContextRule, FactorRule, KeyPolicy } from "strongroom";
import { Problem } from "../../ui/problem";
import type { AnyOperation, AnyPolicy } from "./words";

/** @param all the operations that the form has @returns `undefined` where no rule is left @throws Problem */
export function draftOf<Policy extends AnyPolicy = KeyPolicy>(values: FormData, all: readonly AnyOperation[]): Policy | undefined {
  const chosen = (name: string) => values.getAll(name) as AnyOperation[];
  const operations = chosen("operations");
  if (operations.length === 0) throw new Problem("Allow at least one operation.", "operations");
  const text = (name: string) => String(values.get(name) ?? "").trim();
  const number = (name: string) => (text(name) === "" ? undefined : Number(text(name)));
  const factors = (name: string): FactorRule<AnyOperation> | undefined => {
    const named = chosen(name);
    return named.length > 0 ? { within: text(`${name}-within`), operations: named } : undefined;
  };
  const needsReason = chosen("requireReason");
  const [notBefore, notAfter] = [momentIn(text("notBefore")), momentIn(text("notAfter"))];
  if (notBefore !== undefined && notAfter !== undefined && notBefore > notAfter) {
    throw new Problem("The last moment is before the first one.", "notAfter");
  }
  const receivers = peopleIn(text("receivers"), "receivers");
  const members = {
    operations: operations.length < all.length ? operations : undefined,
    requireReason: needsReason.length > 0 ? needsReason : undefined,
    freshFactor: factors("freshFactor"),
    secondFactor: factors("secondFactor"),
    notBefore,
    notAfter,
    minimumVersion: number("minimumVersion"),
    maximumUses: number("maximumUses"),
    reviewEvery: text("reviewEvery") || undefined,
    approval: approvalIn(chosen("approval") as ApprovableOperation[], text("approvers"), number("atLeast") ?? 1),
    receivers: receivers.length > 0 ? receivers : undefined,
    context: contextIn(text("required"), values.has("only"), text("names")),
  };
  const rules = Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined));
  return Object.keys(rules).length > 0 ? (rules as unknown as Policy) : undefined;
}

/** A SHA-256 in base64url. */
const THUMBPRINT = /^[\w-]{43}$/;

/** Who approves, by their thumbprints, one per line. */
export const approversIn = (typed: string): readonly string[] => typed.split(/[\s,]+/).filter(Boolean);

/** As `approversIn`, of the field of that name. @throws Problem */
function peopleIn(typed: string, field: string): readonly string[] {
  const people = approversIn(typed);
  const wrong = people.find((one) => !THUMBPRINT.test(one));
  if (wrong) throw new Problem(`“${wrong}” is no thumbprint: one has 43 letters, digits, hyphens and underscores.`, field);
  if (new Set(people).size < people.length) throw new Problem("A thumbprint is there twice.", field);
  if (people.length > 16) throw new Problem("At most 16 people can be named.", field);
  return people;
}

function approvalIn(operations: readonly ApprovableOperation[], typed: string, atLeast: number): ApprovalRule<ApprovableOperation> | undefined {
  const approvers = peopleIn(typed, "approvers");
  if (operations.length === 0 && approvers.length === 0) return undefined;
  if (operations.length === 0) throw new Problem("Choose what needs the approval, or leave the thumbprints away.", "approval");
  if (approvers.length === 0) throw new Problem("Give the thumbprint of at least one person who approves.", "approvers");
  if (atLeast > approvers.length) throw new Problem("More approvals are asked for than people are named.", "atLeast");
  return { operations, approvers, ...(atLeast > 1 && { atLeast }) };
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

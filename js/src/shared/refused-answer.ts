import { InputError } from "./errors/index.js";
import { isResponse } from "./kinds.js";

/**
 * A callback that stores something may give the answer to its request as it is, whatever that says. One that is a
 * refusal stored nothing.
 *
 * @throws InputError @internal
 */
export function throwIfRefused(given: unknown, what: string): void {
  if (isResponse(given) && !given.ok) throw new InputError(`${what} was not stored: status ${given.status}`);
}

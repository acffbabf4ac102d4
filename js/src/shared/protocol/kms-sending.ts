/** Requests to a key management service that the page has the engine send. */
import type { KmsSecretRequest } from "../model/kms-request.js";

/** A request without its signal: that does not cross, and the page says when to stop. */
export type SentRequest = Omit<KmsSecretRequest, "signal">;

/** The answer without its secret. */
export interface SentAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** The number of the secret, which the engine keeps. */
  readonly ticket?: number;
}

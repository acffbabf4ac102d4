/** What adapters are configured with, and what they send. */
import { ArgumentError } from "../../shared/errors/index.js";
import { isSecureAddress } from "../../shared/kms-fetch.js";

/** An address without query, fragment and credentials, which ends with a slash. @throws ArgumentError @internal */
export function kmsAddress(text: string, name: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (!url || !isSecureAddress(url) || url.search || url.hash || url.username || url.password) throw new ArgumentError(`${name} must be an https address, without credentials and query`);
  return url.href.endsWith("/") ? url.href : `${url.href}/`;
}

/** How access tokens are asked for. */
export interface AccessTokenRequest {
  /** Whether the one that was given last was refused: give a new one. */
  readonly renew: boolean;
  readonly signal: AbortSignal;
}

/** An OAuth access token. Never stored. What it rejects with ends the call; its time does not count. */
export type AccessToken = (request: AccessTokenRequest) => string | Promise<string>;

/** @throws ArgumentError @internal */
export function visibleAscii(value: unknown, name: string): string {
  if (typeof value !== "string" || !/^[\x21-\x7e]+$/.test(value)) throw new ArgumentError(`${name} must be text of visible ASCII`);
  return value;
}

/** The header of a token. @throws ArgumentError @internal */
export async function bearerOf(accessToken: AccessToken | undefined, request: AccessTokenRequest): Promise<Record<string, string>> {
  if (!accessToken) return {};
  return { authorization: `Bearer ${visibleAscii(await accessToken(request), "what accessToken gives")}` };
}

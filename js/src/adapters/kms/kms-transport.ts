/** How requests reach a key management service: `fetch`, or a page's own way. */
import { fetchKms } from "../../shared/kms-fetch.js";
import type { KmsRequest, KmsResponse } from "../../shared/model/kms-request.js";

/**
 * How requests are sent, in place of `fetch`: by a relay that forwards them, or by a back end that signs them. What it rejects with is
 * taken for a service that cannot be reached, unless it is a `KmsError`.
 */
export type KmsTransport = (request: KmsRequest) => Promise<KmsResponse>;

/** By `fetch` in the page. @internal */
export const fetchTransport: KmsTransport = async (request) => {
  const { status, headers, body } = await fetchKms(request);
  return { status, headers, body: new TextDecoder().decode(body) };
};

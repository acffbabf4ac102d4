/**
 * Verifies AWS Signature Version 4 of a request, for the FAKE of AWS KMS: every signed header, the body, the scope and the time.
 *
 * Source: "Create a signed AWS API request", docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html.
 */
import { createHash, createHmac, timingSafeEqual } from "node:crypto";

const ALGORITHM = "AWS4-HMAC-SHA256";
/** Further than this from the server's clock, a signature is refused; in milliseconds. */
const SKEW = 5 * 60 * 1000;

const hash = (/** @type {string | Buffer} */ data) => createHash("sha256").update(data).digest("hex");
const hmac = (/** @type {string | Buffer} */ key, /** @type {string} */ data) => createHmac("sha256", key).update(data).digest();

/**
 * @typedef {{ accessKeyId: string, secretAccessKey: string, sessionToken?: string }} Credentials
 * @param {import("./fake.mjs").Asked} asked
 * @param {{ region: string, service: string, find: (accessKeyId: string) => Credentials | undefined }} expected
 * @returns {{ credentials: Credentials } | { fault: string, message: string }} the caller, or what is wrong
 */
export function verify({ method, path, headers, body }, { region, service, find }) {
  const { authorization } = headers;
  if (authorization === undefined) return { fault: "MissingAuthenticationTokenException", message: "Missing Authentication Token" };
  const parts = /^AWS4-HMAC-SHA256 Credential=([^/]+)\/(\d{8})\/([^/]+)\/([^/]+)\/aws4_request, ?SignedHeaders=([a-z0-9;-]+), ?Signature=([0-9a-f]{64})$/.exec(authorization);
  const time = String(headers["x-amz-date"]);
  if (!parts || !/^\d{8}T\d{6}Z$/.test(time)) return { fault: "IncompleteSignatureException", message: "Authorization header or X-Amz-Date is malformed." };
  const [, accessKeyId, date, signedRegion, signedService, signedHeaders, signature] = /** @type {string[]} */ ([...parts]);
  const credentials = find(/** @type {string} */ (accessKeyId));
  if (!credentials || credentials.sessionToken !== headers["x-amz-security-token"]) {
    return { fault: "UnrecognizedClientException", message: "The security token included in the request is invalid." };
  }
  if (signedRegion !== region) return invalid(`Credential should be scoped to a valid region, not '${signedRegion}'.`);
  if (signedService !== service) return invalid(`Credential should be scoped to correct service: '${service}'.`);
  if (!time.startsWith(String(date)) || Math.abs(Date.now() - moment(time)) > SKEW) return invalid(`Signature expired: ${time} is too far from this server's time.`);
  const names = String(signedHeaders).split(";");
  const needed = ["host", ...Object.keys(headers).filter((name) => name.startsWith("x-amz-"))];
  if (needed.some((name) => !names.includes(name))) return invalid("The host and every x-amz header must be signed.");
  const [resource = "/", query = ""] = path.split("?");
  const canonical = [
    method,
    resource,
    query.split("&").toSorted().join("&"),
    ...names.map((name) => `${name}:${String(headers[name]).trim().replace(/ +/g, " ")}`),
    "",
    signedHeaders,
    hash(body),
  ];
  const scope = `${date}/${region}/${service}/aws4_request`;
  const signed = [ALGORITHM, time, scope, hash(canonical.join("\n"))].join("\n");
  let key = hmac(`AWS4${credentials.secretAccessKey}`, String(date));
  for (const part of [region, service, "aws4_request"]) key = hmac(key, part);
  const right = timingSafeEqual(hmac(key, signed), Buffer.from(String(signature), "hex"));
  return right ? { credentials } : invalid("The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and signing method. Consult the service documentation for details.");
}

const invalid = (/** @type {string} */ message) => ({ fault: "InvalidSignatureException", message });

/** `20260102T030405Z` as milliseconds. @param {string} time */
function moment(time) {
  return Date.parse(time.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/, "$1-$2-$3T$4:$5:$6Z"));
}

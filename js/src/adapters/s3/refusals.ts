/** What a store's refusals mean, by its own codes: the status alone says too little, and stores differ in it. */
import type { Details } from "../../shared/errors/base.js";
import { TransferError } from "../../shared/errors/index.js";
import { answerXml } from "./answer-text.js";
import { textOf, type XmlElement } from "./xml.js";

/** What comes next: the same request again, one by a fresh URL, or nothing that helps. @internal */
export type NextStep = "again" | "renew" | "none";

/** Codes of S3 and of stores that speak its language, which may say something else than the status beside them. */
const CODES: readonly [NextStep, ReadonlySet<string>][] = [
  // The connection was slow or was cut, the store has too much to do, or another client writes at this moment.
  [
    "again",
    new Set([
      "RequestTimeout", "IncompleteBody", "BadDigest", "InternalError", "SlowDown", "ServiceUnavailable",
      "OperationAborted", "ConditionalRequestConflict", "Throttling", "ThrottlingException",
      "TooManyRequests", "TooManyRequestsException", "RequestLimitExceeded",
    ]),
  ],
  // The signature, or what it was made with, has ended.
  [
    "renew",
    new Set([
      "ExpiredToken", "TokenRefreshRequired", "RequestExpired", "ExpiredPresignRequest", "AccessDenied",
      "SignatureDoesNotMatch", "RequestTimeTooSkewed",
    ]),
  ],
  [
    "none",
    new Set([
      "NotImplemented", "NoSuchBucket", "NoSuchKey", "NoSuchUpload", "PreconditionFailed", "MethodNotAllowed",
      "InvalidPart", "InvalidPartOrder", "EntityTooSmall", "EntityTooLarge", "InvalidRequest", "MalformedXML",
    ]),
  ],
];

/** What comes after a refusal; where its code is not known, its status decides. @internal */
export function stepAfter({ storeCode, status }: TransferError): NextStep {
  const known = CODES.find(([, codes]) => storeCode !== undefined && codes.has(storeCode));
  if (known) return known[0];
  // The URL may have expired on its way; the next one has not.
  if (status === 403) return "renew";
  // There was no answer, or the store has too much to do, or is in trouble itself. S3 answers 200 before it knows.
  const passes = status === undefined || status === 408 || status === 429 || (status >= 500 && status < 600);
  return passes || (status === 200 && storeCode !== undefined) ? "again" : "none";
}

/** S3 answers errors in XML, with a code that can be looked up. @internal */
export async function refusalOf(response: Response): Promise<TransferError> {
  const { status, headers } = response;
  const answer = await answerXml(response).catch(() => undefined);
  const details = { status, retryAfter: secondsIn(headers.get("retry-after")) };
  const what = `the store answered ${status}`;
  return refusalIn(answer, what, details) ?? new TransferError(what, details);
}

/** The error that an answer's body is, if it is one. @internal */
export function refusalIn(answer: XmlElement | undefined, what: string, details: Details): TransferError | undefined {
  if (answer?.name !== "Error") return undefined;
  const [storeCode, words] = [printable(textOf(answer, "Code"), 64), printable(textOf(answer, "Message"), 300)];
  const message = `${what}${storeCode && ` (${storeCode})`}${words && `: ${words}`}`;
  return new TransferError(message, { ...details, storeCode: storeCode || undefined });
}

/** A store's words, as far as they belong into a message: on one line, without characters that steer what shows them. */
function printable(text: string, most: number): string {
  return text.slice(0, most).replace(/[\p{C}\p{Z}]+/gu, " ").trim();
}

/** RFC 9110 §10.2.3: seconds, or a date. */
function secondsIn(after: string | null): number | undefined {
  if (after === null) return undefined;
  const seconds = Number.isNaN(Number(after)) ? (Date.parse(after) - Date.now()) / 1000 : Number(after);
  return seconds >= 0 ? seconds : undefined;
}

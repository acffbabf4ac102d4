/** What a store has of an upload in parts. */
import { TransferError } from "../../shared/errors/index.js";
import { answerXml } from "./answer-text.js";
import { LAST_PART } from "./checked-presigner.js";
import type { ListedPart, Presigned, UploadPresigner } from "./presigner.js";
import { refusalIn } from "./refusals.js";
import { request } from "./request.js";
import { patiently, type Attempts } from "./retry.js";
import { answerOf } from "./silence.js";
import { textOf, type XmlElement } from "./xml.js";

/** What the store has of an upload; nothing where it does not know the upload, or no longer. @internal */
export async function listParts(
  upload: string,
  { list }: Pick<UploadPresigner, "list">,
  patience: Attempts,
): Promise<ListedPart[] | undefined> {
  const parts: ListedPart[] = [];
  if (!list) return parts;
  try {
    for (;;) {
      const after = parts.at(-1)?.number ?? 0;
      const page = await patiently(async () => pageOf(await answerOf(() => list(upload, after), patience)), patience);
      if (!follows(after, page)) {
        throw new TransferError("the store's list of parts does not advance from part to part", { status: 200 });
      }
      parts.push(...page.parts);
      if (!page.more) return parts;
    }
  } catch (error) {
    if (error instanceof TransferError && error.status === 404) return undefined;
    throw error;
  }
}

interface ListPage {
  readonly parts: readonly ListedPart[];
  /** Another page follows. */
  readonly more: boolean;
}

/** Whether each part comes after the one before it, so that every list has an end. */
function follows(after: number, { parts, more }: ListPage): boolean {
  let last = after;
  for (const { number } of parts) {
    if (!(number > last && number <= LAST_PART)) return false;
    last = number;
  }
  return !more || last > after;
}

async function pageOf(given: Presigned | readonly ListedPart[]): Promise<ListPage> {
  if (!("url" in given)) return { parts: given, more: false };
  const answer = await answerXml(await request(given, { method: "GET" }));
  if (!answer) throw new TransferError("the store's list of parts is not whole");
  const refusal = refusalIn(answer, "the store did not list the parts", { status: 200 });
  if (refusal) throw refusal;
  const parts = answer.children.filter(({ name }) => name === "Part").map(listedPart);
  return { parts, more: textOf(answer, "IsTruncated") === "true" };
}

function listedPart(part: XmlElement): ListedPart {
  return { number: count(textOf(part, "PartNumber")), etag: textOf(part, "ETag"), size: count(textOf(part, "Size")) };
}

/** A number in digits; 0, which is no part's number and no part's size, for everything else. */
function count(digits: string): number {
  return /^\d{1,15}$/.test(digits) ? Number(digits) : 0;
}

/** How S3's uploads in parts begin and end. */
import { TransferError } from "../../shared/errors/index.js";
import type { ListedPart, Presigned, StoredPart, UploadPresigner } from "./presigner.js";
import { element, elements, request } from "./request.js";
import { patiently, type Patience } from "./retry.js";
import { answerOf } from "./silence.js";
import { unlessStored, type SentObject } from "./stored.js";

/** How long a store may take to put the parts together before it answers, in ms. */
const ASSEMBLY = 600_000;

/** Of an upload that is given up, the parts should go soon. */
const GIVING_UP = { retries: 3 };

/** Not cut off by an abort, so that what the store began can be given up by its id. @internal */
export function createUpload(
  size: number | undefined,
  presigner: UploadPresigner,
  patience: Patience,
): Promise<string> {
  return patiently(async () => {
    const created = await answerOf(() => presigner.create(size));
    if (typeof created === "string") return created;
    const response = await request(created, { method: "POST" });
    const upload = element(await text(response), "UploadId");
    if (upload) return upload;
    throw new TransferError("the store did not begin an upload", { status: response.status });
  }, patience);
}

/** Not cut off by an abort: nobody could tell whether there is an object. @internal */
export async function completeUpload(
  upload: string,
  parts: readonly StoredPart[],
  whole: SentObject,
  presigner: UploadPresigner,
  patience: Patience,
): Promise<void> {
  await patiently(async () => {
    try {
      const signed = await answerOf(() => presigner.complete(upload, parts), { ms: ASSEMBLY });
      if (signed) await complete(signed, parts);
    } catch (error) {
      await unlessStored(whole, presigner)(error);
    }
  }, patience);
}

async function complete(signed: Presigned, parts: readonly StoredPart[]): Promise<void> {
  const listed = parts.map(
    ({ number, etag }) => `<Part><PartNumber>${number}</PartNumber><ETag>${escaped(etag)}</ETag></Part>`,
  );
  const body = `<CompleteMultipartUpload xmlns="http://s3.amazonaws.com/doc/2006-03-01/">${listed.join("")}</CompleteMultipartUpload>`;
  const answer = await text(await request(signed, { method: "POST", body, silence: ASSEMBLY }));
  // S3 may answer 200 before it knows, and put the error into the body.
  const code = element(answer, "Code");
  if (code) throw new TransferError(`the store could not put the parts together (${code})`, { status: 500 });
}

/** What the store has of an upload; nothing where it does not know the upload, or no longer. @internal */
export async function listParts(
  upload: string,
  { list }: Pick<UploadPresigner, "list">,
  patience: Patience,
): Promise<ListedPart[] | undefined> {
  const parts: ListedPart[] = [];
  if (!list) return parts;
  try {
    for (let after: number | undefined = 0; after !== undefined; ) {
      const ask = (): ReturnType<typeof list> => list(upload, after ?? 0);
      const page: Listed = await patiently(async () => listPage(await answerOf(ask, patience)), patience);
      parts.push(...page.parts);
      after = page.next;
    }
    return parts;
  } catch (error) {
    if (error instanceof TransferError && error.status === 404) return undefined;
    throw error;
  }
}

interface Listed {
  parts: readonly ListedPart[];
  next?: number | undefined;
}

async function listPage(given: Presigned | readonly ListedPart[]): Promise<Listed> {
  if (!("url" in given)) return { parts: given };
  const answer = await text(await request(given, { method: "GET" }));
  const parts = elements(answer, "Part").map((part) => ({
    number: Number(element(part, "PartNumber")),
    etag: unescaped(element(part, "ETag")),
    size: Number(element(part, "Size")),
  }));
  const more = element(answer, "IsTruncated") === "true";
  return { parts, next: more ? parts.at(-1)?.number : undefined };
}

/** Tries to; where it fails, the store's own rule for uploads that were left is what helps. @internal */
export async function abortUpload(
  upload: string,
  presigner: Pick<UploadPresigner, "abort">,
): Promise<void> {
  const give = async (): Promise<void> => {
    const signed = await answerOf(() => presigner.abort(upload));
    if (signed) await request(signed, { method: "DELETE" });
  };
  await patiently(give, GIVING_UP).catch(() => {});
}

/** An answer that breaks off is none. */
async function text(response: Response): Promise<string> {
  return response.text().catch((cause: unknown) => {
    throw new TransferError("the connection broke off", { cause });
  });
}

function unescaped(etag: string): string {
  return etag.replaceAll("&quot;", '"').replaceAll("&lt;", "<").replaceAll("&#34;", '"').replaceAll("&amp;", "&");
}

function escaped(etag: string): string {
  return etag.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll('"', "&quot;");
}

/** How S3's uploads in parts begin and end. */
import { TransferError } from "../../shared/errors/index.js";
import { answerXml } from "./answer-text.js";
import type { Presigned, StoredPart, UploadPresigner } from "./presigner.js";
import { refusalIn } from "./refusals.js";
import { request } from "./request.js";
import { patiently, type Attempts } from "./retry.js";
import { answerOf } from "./silence.js";
import { confirmStored, unlessStored, type SentObject } from "./stored.js";
import { textOf } from "./xml.js";

/** How long a store may take to put the parts together before it answers, in ms. */
const ASSEMBLY = 600_000;

/** Of an upload that is given up, the parts should go soon. */
const GIVING_UP = { retries: 3 };

/** Not cut off by an abort, so that what the store began can be given up by its id. @internal */
export function createUpload(
  size: number | undefined,
  presigner: UploadPresigner,
  patience: Attempts,
): Promise<string> {
  return patiently(async () => {
    const created = await answerOf(() => presigner.create(size), { late: (answer) => dropLate(answer, presigner) });
    if (typeof created === "string") return created;
    const response = await request(created, { method: "POST" });
    const answer = await answerXml(response);
    const upload = textOf(answer, "UploadId");
    if (upload) return upload;
    const { status } = response;
    const what = "the store did not begin an upload";
    throw refusalIn(answer, what, { status }) ?? new TransferError(what, { status });
  }, patience);
}

/** Of an upload that was begun after nobody waited for it any more; where it is only a request, none was begun. */
function dropLate(created: Presigned | string, presigner: UploadPresigner): void {
  if (typeof created === "string") void abortUpload(created, presigner);
}

/** Not cut off by an abort: nobody could tell whether there is an object. @internal */
export async function completeUpload(
  upload: string,
  parts: readonly StoredPart[],
  whole: SentObject,
  presigner: UploadPresigner,
  patience: Attempts,
): Promise<void> {
  await patiently(async () => {
    try {
      const signed = await answerOf(() => presigner.complete(upload, parts), { ms: ASSEMBLY });
      if (!signed || (await complete(signed, parts))) return;
      await confirmStored(whole, presigner, "the store did not say that it has put the parts together");
    } catch (error) {
      await unlessStored(whole, presigner)(error);
    }
  }, patience);
}

/**
 * Whether the answer is a result that names the object. S3 answers 200 before it knows, and may put an error into the
 * body or break off; and what answers may not be the store.
 */
async function complete(signed: Presigned, parts: readonly StoredPart[]): Promise<boolean> {
  const listed = parts.map(
    ({ number, etag }) => `<Part><PartNumber>${number}</PartNumber><ETag>${escaped(etag)}</ETag></Part>`,
  );
  const body = `<CompleteMultipartUpload xmlns="http://s3.amazonaws.com/doc/2006-03-01/">${listed.join("")}</CompleteMultipartUpload>`;
  const result = await answerXml(await request(signed, { method: "POST", body, silence: ASSEMBLY }));
  const refusal = refusalIn(result, "the store could not put the parts together", { status: 200 });
  if (refusal) throw refusal;
  return result?.name === "CompleteMultipartUploadResult" && ["ETag", "Key", "Location"].some((name) => textOf(result, name));
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

function escaped(etag: string): string {
  return etag.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll('"', "&quot;");
}

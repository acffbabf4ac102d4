/** What `strongroom/files` asks of this page's server: a presigned URL for each request to the store. */

import type { FileRemote } from "strongroom/files";
import { withRetries } from "strongroom/s3";
import { presign } from "./api";

/** S3 numbers parts up to this one: behind it, none is listed. */
const LAST_PART = 10_000;

export const remote: FileRemote = (key) => {
  const attempted = new Set<number>();
  return {
    put: () => presign({ action: "put", key }),
    create: () => presign({ action: "multipart-create", key }),
    part: async (upload, part) => {
      if (attempted.has(part)) await askForUpload(key, upload);
      attempted.add(part);
      return presign({ action: "multipart-part", key, upload, part });
    },
    complete: (upload) => presign({ action: "multipart-complete", key, upload }),
    abort: (upload) => presign({ action: "multipart-abort", key, upload }),
    get: () => presign({ action: "get", key }),
    delete: () => presign({ action: "delete", key }),
  };
};

/**
 * Rejects where the store has dropped an upload. Its answer to a part may be lost when it closes the connection while
 * bytes are sent; this one is not.
 */
async function askForUpload(key: string, upload: string): Promise<void> {
  const { url } = await presign({ action: "multipart-list", key, upload, after: LAST_PART });
  await withRetries((_, { signal }) => fetch(url, { signal }), { retries: 0 });
}

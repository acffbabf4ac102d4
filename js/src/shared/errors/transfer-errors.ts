/** Errors of uploads and downloads. */
import { StrongroomError, type Details } from "./base.js";

/**
 * The server does not give parts of the object. Let it answer `Range` by 206 with `Content-Range`; one of another
 * origin must let the page send `Range` and `If-Match` (CORS: `Access-Control-Allow-Headers`) and see `Content-Range`
 * and `ETag` (`Access-Control-Expose-Headers`). Or read the whole object by `decrypt`.
 */
export class NoRangesError extends StrongroomError {
  override readonly name = "NoRangesError";
  readonly code = "ERR_NO_RANGES";
}

/**
 * A store refused an upload or download, or could not be reached, and further attempts are used up (`strongroom/s3`).
 * Without `status` there was no answer: check the connection and start again. 403: the presigned URL does not allow
 * this, or the clocks differ; 404: the object or the upload is gone; 412: the name is taken.
 */
export class TransferError extends StrongroomError {
  override readonly name = "TransferError";
  readonly code = "ERR_TRANSFER";
  /** The answer's HTTP status; `undefined` where there was none. */
  readonly status: number | undefined;
  /** The store's own code, such as `SlowDown` or `EntityTooLarge`; its words are in the message. */
  readonly storeCode: string | undefined;
  /** Seconds that the store asked to wait. */
  readonly retryAfter: number | undefined;

  /** @internal */
  constructor(message: string, details: Details = {}) {
    super(message, details);
    this.status = details.status;
    this.storeCode = details.storeCode;
    this.retryAfter = details.retryAfter;
  }
}

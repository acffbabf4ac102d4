import {
  EncryptedObject,
} from "./common.js";
import {
  UploadOptions,
} from "tus-js-client";

type TusOptions = Omit<UploadOptions, "fileReader" | "uploadSize" | "uploadLengthDeferred" | "parallelUploads" | "parallelUploadBoundaries" | "metadataForPartialUploads">;
declare function forTus(object: EncryptedObject, given?: TusOptions): [input: Blob, options: UploadOptions];
export {
  type TusOptions,
  forTus,
};

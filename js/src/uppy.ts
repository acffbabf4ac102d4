/**
 * A plugin for Uppy that encrypts files before Uppy's own uploaders (AwsS3, Tus, XHRUpload) get them. An entry point
 * of its own, `strongroom/uppy`, beside `@uppy/core`.
 */
export { Encryptor } from "./adapters/uppy/encryptor.js";
export type { EncryptorOptions } from "./adapters/uppy/encryptor.js";

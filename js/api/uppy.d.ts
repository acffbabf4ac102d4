import {
  EncryptedObject,
  OperationOptions,
} from "./common.js";
import {
  BasePlugin,
  PluginOpts,
  Uppy,
} from "@uppy/core";
import {
  Body,
  Meta,
  UppyFile,
} from "@uppy/core/utils";

interface EncryptorOptions<M extends Meta, B extends Body> extends PluginOpts {
  encrypt: (data: Blob, file: UppyFile<M, B>, watch: OperationOptions) => Promise<EncryptedObject>;
  storedName?: ((object: EncryptedObject, file: UppyFile<M, B>) => string) | undefined;
  onEncrypted?: ((object: EncryptedObject, file: UppyFile<M, B>) => void | Promise<void>) | undefined;
}
declare class Encryptor<M extends Meta, B extends Body> extends BasePlugin<EncryptorOptions<M, B>, M, B> {
  #private;
  constructor(uppy: Uppy<M, B>, options: EncryptorOptions<M, B>);
  install(): void;
  uninstall(): void;
}
export {
  Encryptor,
  type EncryptorOptions,
};

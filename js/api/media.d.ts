import {
  ObjectReader,
  StrongroomError,
} from "./common.js";

interface LocalUrlOptions {
  download?: string | undefined;
  type?: string | undefined;
  onError?: ((error: StrongroomError) => void) | undefined;
}
declare function localUrl(object: ObjectReader, options?: LocalUrlOptions): Promise<string>;
declare function revokeLocalUrl(url: string): void;
declare function registerServiceWorker(address: string | URL, options?: RegistrationOptions): Promise<ServiceWorkerRegistration>;
declare function serveObjects(): void;
export {
  type LocalUrlOptions,
  localUrl,
  registerServiceWorker,
  revokeLocalUrl,
  serveObjects,
};

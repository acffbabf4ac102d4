/** Node's, which the types of tus-js-client name. */
interface Buffer extends Uint8Array {}

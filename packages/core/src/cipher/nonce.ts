/** Constant, because each content key seals one payload only (docs/spec/envelope.md §6). */
export const NONCE: Uint8Array = new Uint8Array(12);

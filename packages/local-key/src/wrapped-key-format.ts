/** First byte of a wrapped key (docs/spec/local-key.md §1). */
export const WRAP_VERSION = 0x01;

/** Bytes of the nonce. */
export const NONCE_BYTES = 12;

/** Bytes of the tag. */
export const TAG_BYTES = 16;

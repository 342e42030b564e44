/** `metadata.encoding` of an outer payload (docs/spec/envelope.md §2). */
export const ENVELOPE_ENCODING = 'binary/envelope';

/** Name of the metadata entry that holds the primary key ID (docs/spec/envelope.md §2). */
export const KEY_ID_METADATA = 'encryption-key-id';

/** The format version that this release reads and writes (docs/spec/envelope.md §3.1). */
export const FORMAT_VERSION = 0x01;

/** HKDF-Expand-SHA-512, key commitment, AES-256-GCM (docs/spec/envelope.md §4). */
export const SUITE = 0x01;

/** Bytes of a data key (docs/spec/envelope.md §1). */
export const DATA_KEY_BYTES = 32;

/** Bytes of the salt (docs/spec/envelope.md §3). */
export const SALT_BYTES = 32;

/** Bytes of the key commitment (docs/spec/envelope.md §3). */
export const COMMITMENT_BYTES = 32;

/** Bytes of the authentication tag (docs/spec/envelope.md §4). */
export const TAG_BYTES = 16;

/** Bytes before the encryption context: version, suite, salt and commitment (docs/spec/envelope.md §3). */
export const FIXED_HEADER_BYTES = 2 + SALT_BYTES + COMMITMENT_BYTES;

/** Most wrapped keys in an envelope (docs/spec/envelope.md §3.2). */
export const MAX_WRAPPED_KEYS = 8;

/** Most bytes of a ciphertext (docs/spec/envelope.md §3.2). */
export const MAX_CIPHERTEXT_BYTES = 2 ** 36 - 32;

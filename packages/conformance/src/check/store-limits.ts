/** Most bytes of one record: `MAX_RECORD_BYTES` of `@waxseal/store`, of which only types are used here. */
export const MAX_RECORD_BYTES = 64 * 1024 * 1024;

/** Bytes of one answer that are allowed, where it has more than one record: some more than 16 MiB. */
export const MOST_ANSWER_BYTES = 20 * 1024 * 1024;

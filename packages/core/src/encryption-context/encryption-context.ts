/**
 * The facts that a payload is bound to: keys `[a-z][a-z0-9-]*`, values of up to 1,024 bytes of UTF-8. In clear in the
 * envelope's header, and authenticated (docs/spec/envelope.md §3.3).
 */
export type EncryptionContext = ReadonlyMap<string, string>;

/** Key of the Temporal namespace. */
export const NAMESPACE_KEY = 'namespace';

/** Key of the Temporal workflow ID. */
export const WORKFLOW_ID_KEY = 'workflow-id';

/** Most bytes of a serialized context (docs/spec/envelope.md §3.2). */
export const MAX_CONTEXT_BYTES = 4096;

/** Most entries of a context. */
export const MAX_CONTEXT_ENTRIES = 16;

/** Most bytes of a context's key. */
export const MAX_CONTEXT_KEY_BYTES = 64;

/** Most bytes of a context's value. */
export const MAX_CONTEXT_VALUE_BYTES = 1024;

/** What a context's key looks like. */
export const CONTEXT_KEY_PATTERN = /^[a-z][a-z0-9-]*$/;

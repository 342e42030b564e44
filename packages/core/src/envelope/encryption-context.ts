import type { SerializationContext } from '@temporalio/common';
import { ByteReader } from '../base/bytes';
import { ConfigurationError, MalformedEnvelopeError, type ContextMismatch } from '../base/errors';

/**
 * The facts that a payload is bound to: keys `[a-z][a-z0-9-]*`, values of up to 1,024 bytes of UTF-8. In
 * clear in the envelope's header, and authenticated (docs/spec/envelope.md §3.3).
 */
export type EncryptionContext = ReadonlyMap<string, string>;

/** Key of the Temporal namespace. */
export const NAMESPACE_KEY = 'namespace';

/** Key of the Temporal workflow ID. */
export const WORKFLOW_ID_KEY = 'workflow-id';

/** Most bytes of a serialized context (docs/spec/envelope.md §3.2). */
export const MAX_CONTEXT_BYTES = 4096;

const MAX_CONTEXT_ENTRIES = 16;
const MAX_CONTEXT_KEY_BYTES = 64;
const MAX_CONTEXT_VALUE_BYTES = 1024;

/** Keys that bind to something which a decoder has to check; none is known (docs/spec/envelope.md §3.3). */
const CRITICAL = 'must-';

/** What a context's key looks like. */
const CONTEXT_KEY_PATTERN = /^[a-z][a-z0-9-]*$/;

/**
 * What payloads are bound to:
 *
 * - `none`: nothing. A payload opens wherever its key is configured.
 * - `namespace`: the Temporal namespace. A payload that is carried into another namespace is rejected there.
 * - `workflow`: the namespace and the workflow ID.
 */
export type Binding = 'none' | 'namespace' | 'workflow';

/**
 * The one encoding of a context: entries in ascending order of their keys (docs/spec/envelope.md §3.3).
 *
 * @returns a fresh buffer, empty for an empty context
 * @throws ConfigurationError when a key or a value is outside the format's limits
 */
export function serializeEncryptionContext(context: EncryptionContext): Buffer {
  if (context.size > MAX_CONTEXT_ENTRIES) {
    throw new ConfigurationError(
      `An encryption context has at most ${String(MAX_CONTEXT_ENTRIES)} entries, and this one has ${String(context.size)}.`,
    );
  }
  // Keys are ASCII, so the order of UTF-16 code units is the order of bytes.
  const keys = [...context.keys()].sort();
  const parts: Buffer[] = [];
  for (const key of keys) {
    const value = context.get(key) ?? '';
    if (!CONTEXT_KEY_PATTERN.test(key) || key.length > MAX_CONTEXT_KEY_BYTES) {
      throw new ConfigurationError(
        `Encryption context: the key ${JSON.stringify(key)} must match [a-z][a-z0-9-]* and have at most ${String(MAX_CONTEXT_KEY_BYTES)} bytes.`,
      );
    }
    parts.push(lengthPrefixed(key), lengthPrefixed(checkedValue(key, value)));
  }
  const bytes = Buffer.concat(parts);
  if (bytes.length > MAX_CONTEXT_BYTES) {
    throw new ConfigurationError(
      `An encryption context has at most ${String(MAX_CONTEXT_BYTES)} bytes, and this one has ${String(bytes.length)}.`,
    );
  }
  return bytes;
}

function checkedValue(key: string, value: string): string {
  const text = value.toWellFormed();
  if (Buffer.byteLength(text) > MAX_CONTEXT_VALUE_BYTES) {
    throw new ConfigurationError(
      `Encryption context: the value of ${JSON.stringify(key)} must have at most ${String(MAX_CONTEXT_VALUE_BYTES)} bytes of UTF-8.`,
    );
  }
  return text;
}

function lengthPrefixed(text: string): Buffer {
  const bytes = Buffer.from(`\0\0${text}`, 'utf8');
  bytes.writeUInt16BE(bytes.length - 2, 0);
  return bytes;
}

/**
 * Reads the only encoding that a context has (docs/spec/envelope.md §3.3).
 *
 * @param bytes the context's bytes and nothing else
 * @throws MalformedEnvelopeError
 */
export function parseEncryptionContext(bytes: Uint8Array): EncryptionContext {
  const reader = new ByteReader(bytes);
  const context = new Map<string, string>();
  let previous = '';
  while (reader.remaining > 0) {
    if (context.size === MAX_CONTEXT_ENTRIES) {
      throw new MalformedEnvelopeError(
        `Encryption context: more than ${String(MAX_CONTEXT_ENTRIES)} entries.`,
      );
    }
    const key = reader.readPrefixedText(1, MAX_CONTEXT_KEY_BYTES, 'Encryption context key');
    if (!CONTEXT_KEY_PATTERN.test(key)) {
      throw new MalformedEnvelopeError('Encryption context: a key does not match [a-z][a-z0-9-]*.');
    }
    if (key <= previous) {
      throw new MalformedEnvelopeError('Encryption context: the keys are not in strictly ascending order.');
    }
    context.set(key, reader.readPrefixedText(0, MAX_CONTEXT_VALUE_BYTES, 'Encryption context value'));
    previous = key;
  }
  return context;
}

/** @throws MalformedEnvelopeError when a reader would have to check something that it does not know */
export function assertNothingCritical(context: EncryptionContext): void {
  for (const key of context.keys()) {
    if (!key.startsWith(CRITICAL)) continue;
    throw new MalformedEnvelopeError(
      `Encryption context: ${JSON.stringify(key)} must be checked, and this release does not know it. Upgrade Waxseal where payloads are decoded.`,
    );
  }
}

/**
 * The context to record in an envelope. Empty where Temporal gives none (Nexus, schedule memos, completion by
 * task token), or where a field is empty.
 *
 * Only the namespace and the workflow ID are used: the fields that all SDKs give, alike at both ends.
 */
function contextForEncoding(
  binding: Binding,
  serialization: SerializationContext | undefined,
): EncryptionContext {
  const context = new Map<string, string>();
  if (binding === 'none' || serialization === undefined) return context;
  const { namespace, workflowId } = serialization;
  if (namespace) context.set(NAMESPACE_KEY, namespace);
  if (binding === 'workflow' && workflowId) context.set(WORKFLOW_ID_KEY, workflowId);
  return context;
}

/**
 * Serializes what payloads are bound to, and remembers the last answer: payloads come in runs of one
 * workflow.
 */
export class ContextSerializer {
  readonly #binding: Binding;
  #last: { readonly namespace: string; readonly workflowId: string; readonly bytes: Uint8Array } | undefined;

  constructor(binding: Binding) {
    this.#binding = binding;
  }

  /**
   * @returns bytes that are shared: not to be written to
   * @throws ConfigurationError when a name is longer than the format allows
   */
  serialize(context: SerializationContext | undefined): Uint8Array {
    const namespace = context?.namespace ?? '';
    const workflowId = (this.#binding === 'workflow' && context?.workflowId) || '';
    if (this.#last?.namespace !== namespace || this.#last.workflowId !== workflowId) {
      const bytes = serializeEncryptionContext(contextForEncoding(this.#binding, context));
      this.#last = { namespace, workflowId, bytes };
    }
    return this.#last.bytes;
  }
}

/** Temporal adds the time of the action to the workflow ID of a run that a schedule starts. */
const SCHEDULED_RUN_SUFFIX = /-\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}Z$/;

/**
 * Compares what an envelope records with what Temporal gives at decoding (docs/spec/envelope.md §7). What the
 * envelope does not record, and what Temporal does not give or gives as an empty string, is not compared.
 *
 * @returns the facts that differ: none, one or two
 */
export function findContextMismatches(
  recorded: EncryptionContext,
  serialization: SerializationContext | undefined,
  aliases: NamespaceAliases,
): readonly ContextMismatch[] {
  if (serialization === undefined) return [];
  const mismatches: ContextMismatch[] = [];
  const namespace = recorded.get(NAMESPACE_KEY);
  if (namespace !== undefined && serialization.namespace) {
    const expected = serialization.namespace.toWellFormed();
    if (namespace !== expected && !aliases.get(expected)?.has(namespace)) {
      mismatches.push({ field: NAMESPACE_KEY, recorded: namespace, expected });
    }
  }
  const workflowId = recorded.get(WORKFLOW_ID_KEY);
  if (workflowId !== undefined && serialization.workflowId) {
    const expected = serialization.workflowId.toWellFormed();
    if (workflowId !== expected && withoutSuffix(workflowId) !== withoutSuffix(expected)) {
      mismatches.push({ field: WORKFLOW_ID_KEY, recorded: workflowId, expected });
    }
  }
  return mismatches;
}

function withoutSuffix(workflowId: string): string {
  return workflowId.replace(SCHEDULED_RUN_SUFFIX, '');
}

/** Former names by current name, ready to be looked up. */
export type NamespaceAliases = ReadonlyMap<string, ReadonlySet<string>>;

/**
 * @param aliases current name of a namespace → its former names
 * @throws ConfigurationError when it is not an object of arrays of names
 */
export function namespaceAliases(
  aliases: Readonly<Record<string, readonly string[]>> | undefined,
): NamespaceAliases {
  const map = new Map<string, ReadonlySet<string>>();
  for (const [current, former] of Object.entries(aliases ?? {})) {
    if (!Array.isArray(former) || !former.every((name) => typeof name === 'string' && name !== '')) {
      throw new ConfigurationError(
        `namespaceAliases[${JSON.stringify(current)}] must be an array of former namespace names, for example { 'orders-eu': ['orders'] }.`,
      );
    }
    const name = current.toWellFormed();
    map.set(name, new Set([...(map.get(name) ?? []), ...former.map((each: string) => each.toWellFormed())]));
  }
  return map;
}

/**
 * Tells the owner of a difference.
 *
 * @throws ConfigurationError when the listener is asynchronous: its refusal would come after the payload is
 *   released
 * @throws what the listener throws
 */
export function reportMismatch(
  mismatch: ContextMismatch,
  listener: ((mismatch: ContextMismatch) => void) | undefined,
): void {
  const result: unknown = listener?.(mismatch);
  if (typeof result !== 'object' || result === null || !('then' in result)) return;
  Promise.resolve(result).catch(() => undefined);
  throw new ConfigurationError(
    'EnvelopeCodec: onContextMismatch must be a function that is not asynchronous.',
  );
}

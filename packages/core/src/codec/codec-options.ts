import type { SerializationContext } from '@temporalio/common';
import { type ContextMismatch, ConfigurationError } from '../base/errors';
import { assertKnownOptions } from '../base/configuration';
import { type DataKeyOptions, dataKeyLimits, type DataKeyLimits } from '../data-keys/data-key-options';
import {
  namespaceAliases,
  type NamespaceAliases,
  type Binding,
  NAMESPACE_KEY,
  WORKFLOW_ID_KEY,
  type EncryptionContext,
} from '../envelope/encryption-context';
import type { KeyId } from '../key/key-encryption-key';
import type { Telemetry } from '../key/telemetry';
import { Keyring } from '../keyring/keyring';
import { TEMPORAL_LIMIT_BYTES } from './payload-bytes';

/** Options of an `EnvelopeCodec`. */
export interface EnvelopeCodecOptions {
  /**
   * The keys to encrypt and decrypt under; a function where namespaces or tenants have keys of their own. On
   * decode it is asked for the place that Temporal names, else for the one that the payload records, and a
   * payload opens only under a key of that keyring.
   */
  readonly keyring: Keyring | KeyringSelector;

  /**
   * Whether payloads are encrypted. `false` decodes everything and encodes nothing: the stage in which every
   * worker and client of a running application learns to read envelopes, before the first of them writes one
   * (docs/migrating.md). What leaves the process is in clear then, whatever the keyring holds.
   *
   * @default true
   */
  readonly encrypt?: boolean | undefined;

  /** Life of data keys and of the cache of unwrapped ones. */
  readonly dataKeys?: DataKeyOptions | undefined;

  /**
   * What payloads are bound to. Takes effect where Temporal gives the codec a context.
   *
   * @default 'namespace'
   */
  readonly binding?: Binding | undefined;

  /**
   * What happens when a payload was encrypted for another namespace or workflow: `'reject'` throws a
   * `ContextMismatchError`; a function is told of each difference once the payload is opened, and the payload
   * is decoded unless the function throws. It must not be asynchronous.
   *
   * @default 'reject'
   */
  readonly onContextMismatch?: 'reject' | ((mismatch: ContextMismatch) => void) | undefined;

  /**
   * Former names of namespaces, by current name: `{ 'orders-eu': ['orders'] }` lets payloads of `orders` open
   * in `orders-eu`.
   */
  readonly namespaceAliases?: Readonly<Record<string, readonly string[]>> | undefined;

  /**
   * Refuse payloads that are not envelopes on decode, so that nobody can put plaintext of theirs in the place
   * of ciphertext. Set it once no plaintext is left in the histories that are read; not beside `encrypt:
   * false`, which writes plaintext. Two constants still pass, which stand for redacted parts of failures
   * (docs/spec/envelope.md §2.1); only the failure converter of `@waxseal/temporal`, which the plugin
   * installs, makes something of them.
   *
   * @default false
   */
  readonly requireEncryption?: boolean | undefined;

  /**
   * What Temporal takes in one field, in bytes. Payloads that are within it and would exceed it once they are
   * sealed are rejected, with both sizes. `Infinity` where the SDK's `ExternalStorage` takes large payloads:
   * it stores what is sealed.
   *
   * @default 2 MiB, the default of Temporal's server (`limit.blobSize.error`)
   */
  readonly payloadLimitBytes?: number | undefined;

  /**
   * Is told of key requests, data keys and redacted failures. `@waxseal/opentelemetry` makes metrics and
   * spans of it.
   */
  readonly telemetry?: Telemetry | undefined;
}

const OPTIONS: ReadonlySet<string> = new Set([
  'keyring',
  'encrypt',
  'dataKeys',
  'binding',
  'onContextMismatch',
  'namespaceAliases',
  'requireEncryption',
  'payloadLimitBytes',
  'telemetry',
]);

/** @throws ConfigurationError that names the option which is missing, misspelt or of the wrong type */
function checkCodecOptions(options: EnvelopeCodecOptions): void {
  // Callers from JavaScript can hand over anything.
  const given: Readonly<Record<string, unknown>> = { ...(options as EnvelopeCodecOptions | undefined) };
  assertKnownOptions(given, OPTIONS, (name) => `EnvelopeCodec: ${JSON.stringify(name)}`);
  const { keyring, encrypt, binding, onContextMismatch, requireEncryption, telemetry } = given;
  const limit = given['payloadLimitBytes'];
  if (!(keyring instanceof Keyring) && typeof keyring !== 'function') {
    const isForeign = typeof (keyring as Partial<Keyring> | null | undefined)?.findGuarded === 'function';
    throw new ConfigurationError(
      isForeign
        ? 'EnvelopeCodec: keyring is a Keyring of a second copy of @waxseal/core in this process. Let the package manager install one copy (npm ls @waxseal/core), and a bundler take all of @waxseal/* in or leave all out.'
        : 'EnvelopeCodec: keyring must be a Keyring, new Keyring({ primary }), or a function that gives one.',
    );
  }
  if (encrypt !== undefined && typeof encrypt !== 'boolean') {
    throw new ConfigurationError('EnvelopeCodec: encrypt must be true or false.');
  }
  if (binding !== undefined && binding !== 'none' && binding !== 'namespace' && binding !== 'workflow') {
    throw new ConfigurationError("EnvelopeCodec: binding must be 'none', 'namespace' or 'workflow'.");
  }
  if (
    onContextMismatch !== undefined &&
    onContextMismatch !== 'reject' &&
    typeof onContextMismatch !== 'function'
  ) {
    throw new ConfigurationError("EnvelopeCodec: onContextMismatch must be 'reject' or a function.");
  }
  if (requireEncryption !== undefined && typeof requireEncryption !== 'boolean') {
    throw new ConfigurationError('EnvelopeCodec: requireEncryption must be true or false.');
  }
  if (encrypt === false && requireEncryption === true) {
    throw new ConfigurationError(
      'EnvelopeCodec: encrypt: false writes plaintext, and requireEncryption refuses to read it, so no workflow could go on. Remove requireEncryption until everything encrypts (docs/migrating.md).',
    );
  }
  if (limit !== undefined && !(limit === Infinity || (Number.isSafeInteger(limit) && Number(limit) > 0))) {
    throw new ConfigurationError(
      'EnvelopeCodec: payloadLimitBytes must be a whole number from 1, or Infinity for none.',
    );
  }
  if (telemetry !== undefined && (typeof telemetry !== 'object' || telemetry === null)) {
    throw new ConfigurationError('EnvelopeCodec: telemetry must be a Telemetry, such as openTelemetry().');
  }
}

/** {@link EnvelopeCodecOptions}, checked and with nothing left out. */
export interface CodecSettings {
  readonly keyring: Keyring | KeyringSelector;
  readonly encrypt: boolean;
  readonly limits: DataKeyLimits;
  /** Where data keys are shared; `undefined`: nowhere. */
  readonly exchange: DataKeyOptions['shared'];
  readonly binding: Binding;
  /** `undefined`: a payload of another context is rejected. */
  readonly onContextMismatch: ((mismatch: ContextMismatch) => void) | undefined;
  readonly namespaceAliases: NamespaceAliases;
  readonly requireEncryption: boolean;
  readonly payloadLimitBytes: number;
  readonly telemetry: Telemetry | undefined;
}

/** @throws ConfigurationError that names the option */
export function codecSettings(options: EnvelopeCodecOptions): CodecSettings {
  checkCodecOptions(options);
  const { keyring, encrypt, dataKeys, binding, onContextMismatch, requireEncryption, telemetry } = options;
  return {
    keyring,
    encrypt: encrypt ?? true,
    limits: dataKeyLimits(dataKeys),
    exchange: dataKeys?.shared,
    binding: binding ?? 'namespace',
    onContextMismatch: typeof onContextMismatch === 'function' ? onContextMismatch : undefined,
    namespaceAliases: namespaceAliases(options.namespaceAliases),
    requireEncryption: requireEncryption ?? false,
    payloadLimitBytes: options.payloadLimitBytes ?? TEMPORAL_LIMIT_BYTES,
    telemetry,
  };
}

/**
 * Who wants payloads to be decoded, and for how long. Temporal's SDK gives a codec no such thing; a Codec
 * Server does, as the third argument of `decode`. Codecs that do not know it ignore it.
 *
 * Calls that share one object share what a request may cost: payloads that cannot be unwrapped are counted
 * together.
 */
export interface DecodeRequest {
  /**
   * Is aborted when nobody waits for the answer any more: what has not been asked of a key service by then is
   * not asked.
   */
  readonly signal?: AbortSignal | undefined;
  /**
   * Name of whoever asks. Callers have equal shares of a key service: what one of them asks does not hold up
   * another. Without it, the namespace and the workflow that Temporal names take its place.
   */
  readonly caller?: string | undefined;
  /**
   * Is called before each request to a key service. Where it gives `false`, the service is not asked, and
   * decoding rejects with a `KeyServiceError` of reason `throttled`. It must be quick and must not throw.
   */
  readonly takeKeyRequest?: (() => boolean) | undefined;
}

/** @param given the third argument of `decode`: what calls a codec may have one of its own there */
export function decodeRequestOf(given: DecodeRequest | undefined): DecodeRequest {
  return Object(given) === given ? (given ?? {}) : {};
}

/** What a keyring is chosen by: the place that a payload is written for, or was. */
export interface KeyringContext {
  /**
   * Temporal namespace; `undefined` where nobody tells it (Nexus, schedule memos, completion by task token).
   */
  readonly namespace: string | undefined;
  /** Temporal workflow ID; `undefined` where nobody tells it, and always for a Codec Server. */
  readonly workflowId: string | undefined;
  /**
   * On encode: whose data it is, where the application has marked the payload by `forSubject` of
   * `@waxseal/subjects`. Else `undefined`.
   */
  readonly subject?: string | undefined;
  /**
   * On decode: the primary key ID that the payload names. It is untrusted: compare it, and resolve nothing by
   * it but a key that is yours. `undefined` on encode.
   */
  readonly keyId?: KeyId | undefined;
}

/**
 * Chooses the keyring of a namespace or a tenant. It is called for each payload: it must be quick, must give
 * the *same* `Keyring` object for the same tenant each time (data keys belong to it), and must not be
 * asynchronous. Throw where there is no keyring.
 */
export type KeyringSelector = (context: KeyringContext) => Keyring;

/**
 * The keyring for a place.
 *
 * @throws ConfigurationError when the selector gives something else
 * @throws what the selector throws
 */
export function selectKeyring(keyring: Keyring | KeyringSelector, context: KeyringContext): Keyring {
  if (keyring instanceof Keyring) return keyring;
  const selected: unknown = keyring(context);
  if (!(selected instanceof Keyring)) {
    throw new ConfigurationError(
      'EnvelopeCodec: the keyring function gave no Keyring for a namespace or workflow. Return one, or throw an error that says why there is none.',
    );
  }
  return selected;
}

/**
 * What a keyring is chosen by: what Temporal gives, else what a payload records. An empty string counts as
 * not given.
 *
 * @param keyId the primary key ID of a payload that there is
 */
export function keyringContext(
  serialization: SerializationContext | undefined,
  recorded?: EncryptionContext,
  keyId?: KeyId,
): KeyringContext {
  return {
    namespace: serialization?.namespace || recorded?.get(NAMESPACE_KEY),
    workflowId: serialization?.workflowId || recorded?.get(WORKFLOW_ID_KEY),
    keyId,
  };
}

import type { DataKeyOptions } from '../data-keys/data-key-options';
import type { Binding } from '../encryption-context/binding';
import type { ContextMismatch } from '../errors/context-mismatch';
import type { Keyring } from '../keyring/keyring';
import type { KeyringSelector } from '../keyring/keyring-selector';
import type { Telemetry } from '../telemetry/telemetry';

/** Options of an `EnvelopeCodec`. */
export interface EnvelopeCodecOptions {
  /**
   * The keys to encrypt and decrypt under; a function where namespaces or tenants have keys of their own. On decode it is
   * asked for the place that Temporal names, else for the one that the payload records, and a payload opens only under a
   * key of that keyring.
   */
  readonly keyring: Keyring | KeyringSelector;

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
   * `ContextMismatchError`; a function is told of each difference once the payload is opened, and the payload is decoded
   * unless the function throws. It must not be asynchronous.
   *
   * @default 'reject'
   */
  readonly onContextMismatch?: 'reject' | ((mismatch: ContextMismatch) => void) | undefined;

  /**
   * Former names of namespaces, by current name: `{ 'orders-eu': ['orders'] }` lets payloads of `orders` open in
   * `orders-eu`.
   */
  readonly namespaceAliases?: Readonly<Record<string, readonly string[]>> | undefined;

  /**
   * Refuse payloads that are not envelopes on decode, so that nobody can put plaintext of theirs in the place of ciphertext.
   * Set it once no plaintext is left in the histories that are read. Two constants still pass, which stand for redacted parts of
   * failures (docs/spec/envelope.md §2.1); only the failure converter of `@waxseal/temporal`, which the plugin installs, makes
   * something of them.
   *
   * @default false
   */
  readonly requireEncryption?: boolean | undefined;

  /** Is told of key requests, data keys and redacted failures. `@waxseal/opentelemetry` makes metrics and spans of it. */
  readonly telemetry?: Telemetry | undefined;
}

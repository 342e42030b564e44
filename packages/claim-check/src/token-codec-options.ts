import { ConfigurationError, type Duration, type EnvelopeCodec } from '@waxseal/core';
import { assertKnownOptions, durationMs, isEnvelopeCodec } from '@waxseal/core/internal';
import type { Store } from '@waxseal/store';
import type { RecordCacheLimits } from './record-cache';

/** Options of a `TokenCodec`. */
export interface TokenCodecOptions {
  /** Where payloads are kept: a `PostgresStore`, or a `PgliteStore` for development. */
  readonly store: Store;
  /** What seals them before they are kept. The same codec that the plugin is given. */
  readonly codec: EnvelopeCodec;
  /**
   * Payloads of so many bytes, or fewer, stay in Temporal, as envelopes. Bytes of the payload before it is
   * sealed, metadata included. `Infinity` keeps none, and reads tokens: the first stage of a rollout.
   *
   * @default 0: every payload is kept in the store
   */
  readonly threshold?: number | undefined;
  /**
   * What happens while the store cannot be asked: `'reject'`, so that Temporal tries again and failures are
   * redacted; or `'inline'`, so that payloads go to Temporal, as envelopes.
   *
   * @default 'reject'
   */
  readonly whenUnavailable?: 'reject' | 'inline' | undefined;
  /** Records that are kept in memory, sealed; `false` for none. */
  readonly cache?: TokenCacheOptions | false | undefined;
  /**
   * Bytes that the tokens of one call may stand for, and those of all calls of one request to a Codec Server:
   * a token of 16 bytes can be sent again and again.
   *
   * @default 64 MiB
   */
  readonly maxDecodeBytes?: number | undefined;
}

/** What is kept in memory of a store. */
export interface TokenCacheOptions {
  /** @default 32 MiB */
  readonly maxBytes?: number | undefined;
  /**
   * So long is a record shown that is gone from the store.
   *
   * @default '10m'
   */
  readonly ttl?: Duration | undefined;
}

/** {@link TokenCodecOptions}, checked and with nothing left out. */
export interface TokenCodecSettings {
  readonly store: Store;
  readonly codec: EnvelopeCodec;
  readonly threshold: number;
  readonly whenUnavailable: 'reject' | 'inline';
  readonly cache: RecordCacheLimits;
  readonly maxDecodeBytes: number;
}

const OPTIONS: ReadonlySet<string> = new Set([
  'store',
  'codec',
  'threshold',
  'whenUnavailable',
  'cache',
  'maxDecodeBytes',
]);
const CACHE_OPTIONS: ReadonlySet<string> = new Set(['maxBytes', 'ttl']);
const MIB = 1024 * 1024;

/** @throws ConfigurationError that names the option which is missing, misspelt or of the wrong type */
export function tokenCodecSettings(options: TokenCodecOptions): TokenCodecSettings {
  // Callers from JavaScript can hand over anything.
  const given: Readonly<Record<string, unknown>> = { ...(options as TokenCodecOptions | undefined) };
  assertKnownOptions(given, OPTIONS, (name) => `TokenCodec: ${JSON.stringify(name)}`);
  const { store, codec, whenUnavailable = 'reject' } = given;
  if (!isStore(store)) {
    throw new ConfigurationError('TokenCodec: store must be a Store, such as new PostgresStore({ url }).');
  }
  if (typeof codec !== 'object' || codec === null || !isEnvelopeCodec(codec as EnvelopeCodec)) {
    throw new ConfigurationError(
      'TokenCodec: codec must be the EnvelopeCodec that seals what is kept. Compression stands before the TokenCodec in payloadCodecs.',
    );
  }
  if (whenUnavailable !== 'reject' && whenUnavailable !== 'inline') {
    throw new ConfigurationError("TokenCodec: whenUnavailable must be 'reject' or 'inline'.");
  }
  return {
    store,
    codec: codec as EnvelopeCodec,
    threshold: given['threshold'] === Infinity ? Infinity : bytesOf('threshold', given['threshold'] ?? 0, 0),
    whenUnavailable,
    cache: cacheLimits(given['cache']),
    maxDecodeBytes: bytesOf('maxDecodeBytes', given['maxDecodeBytes'] ?? 64 * MIB, 1),
  };
}

function isStore(store: unknown): store is Store {
  const candidate = store as Partial<Store> | null | undefined;
  return typeof candidate?.tokens?.put === 'function' && typeof candidate.keys?.create === 'function';
}

function cacheLimits(cache: unknown): RecordCacheLimits {
  if (cache === false) return { maxBytes: 0, ttlMs: 1 };
  if (cache !== undefined && (typeof cache !== 'object' || cache === null)) {
    throw new ConfigurationError("TokenCodec: cache must be false, or an object such as { ttl: '10m' }.");
  }
  const given: TokenCacheOptions = { ...cache };
  assertKnownOptions(given, CACHE_OPTIONS, (name) => `TokenCodec: cache.${name}`);
  return {
    maxBytes: bytesOf('cache.maxBytes', given.maxBytes ?? 32 * MIB, 1),
    ttlMs: durationMs('TokenCodec: cache.ttl', given.ttl ?? '10m', '1 day'),
  };
}

function bytesOf(name: string, value: unknown, least: number): number {
  if (typeof value === 'number' && Number.isSafeInteger(value) && value >= least) return value;
  throw new ConfigurationError(`TokenCodec: ${name} must be a whole number of bytes from ${String(least)}.`);
}

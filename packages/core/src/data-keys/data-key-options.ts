import { ConfigurationError } from '../base/errors';
import { assertKnownOptions, countOf, type Duration, durationMs } from '../base/configuration';
import type { KeyId } from '../key/key-encryption-key';

/** How long and how often a data key is used, and how long unwrapped ones are kept in memory. */
export interface DataKeyOptions {
  /**
   * Age at which a data key has been replaced. The replacement is wrapped at about 75 % of it, before the old
   * key is given up.
   *
   * @default '1h'
   */
  readonly maxAge?: Duration | undefined;
  /**
   * Payloads that one data key encrypts at most. A hard limit. 1 asks the key service for each payload.
   *
   * @default 2 ** 20
   */
  readonly maxMessages?: number | undefined;
  /**
   * Bytes of plaintext that one data key encrypts at most. A hard limit; a single larger payload gets a data
   * key of its own.
   *
   * @default 2 ** 36
   */
  readonly maxBytes?: number | undefined;
  /**
   * Age up to which a data key is used on while the key service cannot be asked: for encoding while no
   * replacement can be wrapped, for decoding while it cannot be unwrapped again. A hard limit, and at least
   * `maxAge`.
   *
   * @default '24h'
   */
  readonly maxStaleAge?: Duration | undefined;
  /**
   * Unwrapped data keys that are kept for decoding at most, of all keyrings together. Where there are more,
   * the keyring with the most gives up the one that it did not use for longest.
   *
   * @default 10_000
   */
  readonly cacheCapacity?: number | undefined;
  /**
   * How long an unwrapped data key is used for decoding before the key service is asked again, from its own
   * unwrap or the latest of another under the same key ID. A refusal stops decoding then; while the service
   * does not answer, the data key is used on, up to `maxStaleAge`.
   *
   * @default '1h'
   */
  readonly cacheTtl?: Duration | undefined;
  /**
   * Keyrings whose data keys are kept at most, where a function chooses the keyring. The one that was not
   * used for longest is given up first; what it needs later is asked for again.
   *
   * @default 1000
   */
  readonly maxKeyrings?: number | undefined;
  /**
   * Where the processes of a fleet agree on one data key for each keyring: `new SharedDataKeys({ store })` of
   * `@waxseal/store`. The limits then hold for the fleet as a whole. While nothing is agreed on, and with
   * `maxMessages: 1`, each process has data keys of its own.
   */
  readonly shared?: DataKeyExchange | undefined;
}

/**
 * Where the processes of a fleet agree on data keys. It sees wrapped keys and counts, and never a data key.
 * `SharedDataKeys` of `@waxseal/store` is one.
 */
export interface DataKeyExchange {
  /**
   * Begins to share the data keys of one keyring of one codec.
   *
   * @throws ConfigurationError when the keyring's data keys cannot be shared
   */
  join(member: DataKeyMember): DataKeySeat;
}

/** Who takes part in an exchange: one keyring of one codec. */
export interface DataKeyMember {
  /** IDs of the keys that wrap its data keys, the primary's first. */
  readonly keyIds: readonly KeyId[];
  readonly wrapPolicy: 'all' | 'atLeastOne';
  readonly limits: DataKeyLimits;
  /** Longest time that it waits for its key services, in milliseconds. */
  readonly keyServiceMs: number;
  /** Keeps secrets of the exchange; `undefined` where no key service of the keyring can. */
  readonly vault: DataKeyVault | undefined;
}

/**
 * Keeps 32 secret bytes under the keys of a keyring, so that they pass for no data key, and no data key for
 * them.
 */
export interface DataKeyVault {
  /** @throws KeyServiceError and ConfigurationError, as `Keyring.wrap` does */
  protect(secret: Uint8Array): Promise<Uint8Array>;
  /**
   * @param bytes untrusted
   * @returns the secret, in a fresh buffer that the caller zeroes
   * @throws KeyServiceError, MalformedEnvelopeError and UnknownKeyError
   */
  reveal(bytes: Uint8Array): Promise<Uint8Array>;
}

/** A member's place in an exchange. */
export interface DataKeySeat {
  /**
   * A part of the data key that the fleet encrypts under, soon: what is late rejects.
   *
   * @throws any error where there is none to be had now; what `make` throws as it is
   */
  take(wanted: WantedDataKey): Promise<DataKeyGrant>;
}

/** What a member asks an exchange for. */
export interface WantedDataKey {
  /** Bytes of plaintext that it needs at once. */
  readonly bytes: number;
  /** The shared key that it encrypts under; `undefined` where it has none. */
  readonly holds: HeldDataKey | undefined;
  /**
   * Makes a data key and has it wrapped: called at most once, and by one member of the fleet at a time.
   *
   * @param grant the part of it that is this member's, whether or not the exchange can tell the others of it
   * @returns an envelope that holds nothing, with the ID of its primary key: what others know it by
   */
  make(grant: Pick<DataKeyGrant, 'messages' | 'bytes'>): Promise<Uint8Array>;
  /** Ends the waiting. */
  readonly signal: AbortSignal;
}

/** A shared data key that a member encrypts under. */
export interface HeldDataKey {
  /** As {@link DataKeyGrant.key}. */
  readonly key: Uint8Array;
  /** Whether the parts of it that it has are nearly used up. */
  readonly isNearlyUsedUp: boolean;
  /** Whether it is wrapped by fewer keys than it should be, and so to be replaced, however old it is. */
  readonly isIncomplete: boolean;
}

/** A part of a shared data key. */
export interface DataKeyGrant {
  /** As `make` gave it, here or elsewhere: authenticated by the exchange. */
  readonly key: Uint8Array;
  /** At least how long ago it was made, in milliseconds. */
  readonly ageMs: number;
  /**
   * Payloads that may be encrypted under it beside those that were granted before; 0 where those suffice for
   * now.
   */
  readonly messages: number;
  /** Bytes of plaintext, likewise. */
  readonly bytes: number;
  /** In how many milliseconds to ask again at the latest, for this key or its successor. */
  readonly askAgainMs: number;
}

/** {@link DataKeyOptions}, checked, with durations in milliseconds. */
export interface DataKeyLimits {
  readonly maxAgeMs: number;
  readonly maxMessages: number;
  readonly maxBytes: number;
  readonly maxStaleAgeMs: number;
  readonly cacheCapacity: number;
  readonly cacheTtlMs: number;
  readonly maxKeyrings: number;
}

const OPTIONS: ReadonlySet<string> = new Set([
  'maxAge',
  'maxMessages',
  'maxBytes',
  'maxStaleAge',
  'cacheCapacity',
  'cacheTtl',
  'maxKeyrings',
  'shared',
]);

/** A little below the longest delay of a Node timer: a longer one fires at once. */
const LONGEST = '24 days';

/** @throws ConfigurationError that names the field */
export function dataKeyLimits(options: DataKeyOptions = {}): DataKeyLimits {
  if (typeof (options as unknown) !== 'object' || (options as unknown) === null) {
    throw new ConfigurationError("dataKeys must be an object such as { maxAge: '1h' }.");
  }
  assertKnownOptions(options, OPTIONS, (name) => `dataKeys.${name}`);
  const shared = options.shared as Partial<DataKeyExchange> | null | undefined;
  if (shared !== undefined && typeof shared?.join !== 'function') {
    throw new ConfigurationError(
      'dataKeys.shared must be a SharedDataKeys of @waxseal/store, which takes a store: set it in code.',
    );
  }
  const maxAgeMs = durationMs('dataKeys.maxAge', options.maxAge ?? '1h', LONGEST);
  const staleByDefault = Math.max(maxAgeMs, 24 * 60 * 60 * 1000);
  const maxStaleAgeMs = durationMs('dataKeys.maxStaleAge', options.maxStaleAge ?? staleByDefault, LONGEST);
  if (maxStaleAgeMs < maxAgeMs) {
    throw new ConfigurationError('dataKeys.maxStaleAge must be at least dataKeys.maxAge.');
  }
  return {
    maxAgeMs,
    maxStaleAgeMs,
    maxMessages: countOf('dataKeys.maxMessages', options.maxMessages ?? 2 ** 20, 2 ** 32),
    maxBytes: countOf('dataKeys.maxBytes', options.maxBytes ?? 2 ** 36, Number.MAX_SAFE_INTEGER),
    cacheCapacity: countOf('dataKeys.cacheCapacity', options.cacheCapacity ?? 10_000, 1_000_000),
    cacheTtlMs: durationMs('dataKeys.cacheTtl', options.cacheTtl ?? '1h', LONGEST),
    maxKeyrings: countOf('dataKeys.maxKeyrings', options.maxKeyrings ?? 1000, 100_000),
  };
}

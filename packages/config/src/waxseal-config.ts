import type { PayloadCodec } from '@temporalio/common';
import type { EnvelopeCodecOptions, KeyGuardOptions, Keyring, KeyringSelector } from '@waxseal/core';

import type { ServerConfig } from './server-config';

/** Options of the envelope codec that {@link WaxsealConfig} leaves to be made: all but the keys. */
export type EnvelopeConfig = Omit<EnvelopeCodecOptions, 'keyring'>;

/**
 * What a `waxseal.config` file exports. The keys stand in one place: in `codecs`, in `keyring`, or as URIs. A JSON file has
 * URIs; one in JavaScript or TypeScript may have any of them.
 */
export interface WaxsealConfig {
  /** Keys made in code. Excludes URIs. */
  readonly keyring?: Keyring | KeyringSelector | undefined;
  /** URI of the key that wraps and unwraps. Without it nothing can be encoded. `WAXSEAL_PRIMARY_KEY` takes its place. */
  readonly primaryKey?: string | undefined;
  /** URIs of further keys that every data key is wrapped for. `WAXSEAL_ALSO_WRAP_FOR` takes its place. */
  readonly alsoWrapFor?: readonly string[] | undefined;
  /** URIs of keys that only unwrap. `WAXSEAL_DECRYPT_KEYS` takes its place. */
  readonly decryptKeys?: readonly string[] | undefined;
  /** Whether all keys must wrap, or one is enough: `wrapPolicy` of a `Keyring`. For keys by URI. */
  readonly wrapPolicy?: 'all' | 'atLeastOne' | undefined;
  /** Deadlines, circuit breaker and limits of key requests: `requests` of a `Keyring`. For keys by URI. */
  readonly requests?: KeyGuardOptions | undefined;
  /** Options of the envelope codec. Not beside an envelope codec in `codecs`. */
  readonly envelope?: EnvelopeConfig | undefined;
  /**
   * The codecs of workers, clients and Codec Server, in the order in which they encode. Where none of them is an
   * `EnvelopeCodec`, one is added at the end.
   */
  readonly codecs?: readonly PayloadCodec[] | undefined;
  /** What `waxseal serve` does, where the command line does not say otherwise. */
  readonly server?: ServerConfig | undefined;
}

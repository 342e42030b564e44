import { createSecretKey, type KeyObject } from 'node:crypto';
import { inspect } from 'node:util';
import {
  ConfigurationError,
  type DataKeyExchange,
  type DataKeyMember,
  type DataKeySeat,
  type Duration,
} from '@waxseal/core';
import { assertKnownOptions, durationMs, STEADY_CLOCK, warn } from '@waxseal/core/internal';
import type { Store } from '../store';
import { type FleetSecret, givenSecret, StoredFleetSecret } from './fleet-secret';
import { ringOf } from './key-record';
import type { ProcessClocks } from './seen-keys';
import { SharedKeySeat } from './shared-key-seat';

/** Options of {@link SharedDataKeys}. */
export interface SharedDataKeysOptions {
  /** Where the fleet agrees: a `PostgresStore`, or a `PgliteStore` for development. */
  readonly store: Store;
  /**
   * Longest wait for the store where there is no data key yet. After it, a process makes one of its own, and
   * comes back to the shared one later.
   *
   * @default '1s'
   */
  readonly patience?: Duration | undefined;
  /**
   * A secret of at least 32 bytes that all processes of the fleet have and the database does not: shared keys
   * are authenticated with it. Needed where the keyring's key services cannot keep one (Azure Key Vault), and
   * of use to nobody else: the others keep one of their own, wrapped, in the store.
   */
  readonly secret?: Uint8Array | undefined;
}

const OPTIONS: ReadonlySet<string> = new Set(['store', 'patience', 'secret']);
const LEAST_SECRET_BYTES = 32;
const CLOCKS: ProcessClocks = { steady: () => STEADY_CLOCK.now(), wall: () => Date.now() };

/**
 * Lets the processes of a fleet encrypt under one data key for each keyring, for `dataKeys.shared` of an
 * `EnvelopeCodec`. One of them makes it, and all others unwrap it once; the limits of a data key hold for all
 * of them together. The database has it wrapped only. While the store is away, each process has data keys of
 * its own (docs/shared-data-keys.md).
 *
 * One may serve any number of codecs.
 */
export class SharedDataKeys implements DataKeyExchange {
  readonly #store: Store;
  readonly #patienceMs: number;
  readonly #secret: KeyObject | undefined;
  readonly #clocks: ProcessClocks;

  /**
   * @param clocks replaced in tests
   * @throws ConfigurationError that names the option
   */
  constructor(options: SharedDataKeysOptions, clocks: ProcessClocks = CLOCKS) {
    // Callers from JavaScript can hand over anything.
    const given: Readonly<Record<string, unknown>> = { ...(options as SharedDataKeysOptions | undefined) };
    assertKnownOptions(given, OPTIONS, (name) => `SharedDataKeys: ${JSON.stringify(name)}`);
    const { store, patience, secret } = given;
    if (typeof (store as Partial<Store> | undefined)?.sharedKeys?.find !== 'function') {
      throw new ConfigurationError(
        'SharedDataKeys: store must be a Store, such as new PostgresStore({ url }).',
      );
    }
    if (secret !== undefined && !(secret instanceof Uint8Array && secret.length >= LEAST_SECRET_BYTES)) {
      throw new ConfigurationError('SharedDataKeys: secret must be a Uint8Array of at least 32 bytes.');
    }
    this.#store = store as Store;
    this.#patienceMs = durationMs('SharedDataKeys: patience', (patience ?? '1s') as Duration, '10s');
    this.#secret = secret === undefined ? undefined : createSecretKey(secret);
    this.#clocks = clocks;
  }

  /** @throws ConfigurationError where nothing can keep the fleet's secret, and none is given */
  join(member: DataKeyMember): DataKeySeat {
    const ring = ringOf(member);
    return new SharedKeySeat({
      store: this.#store,
      ring,
      member,
      secret: this.#secretOf(member, ring),
      clocks: this.#clocks,
      patienceMs: this.#patienceMs,
      onForged: warnForged,
    });
  }

  #secretOf({ vault }: DataKeyMember, ring: string): FleetSecret {
    if (this.#secret !== undefined) return givenSecret(this.#secret);
    if (vault !== undefined) {
      return new StoredFleetSecret(this.#store, vault, ring, this.#clocks.steady);
    }
    throw new ConfigurationError(
      'SharedDataKeys: the key services of this keyring do not authenticate what a wrapped key is for, so that they cannot keep the secret of the fleet. Give all its processes the same secret: new SharedDataKeys({ store, secret }).',
    );
  }

  /** Kind of the store and settings only. */
  toJSON(): object {
    return { store: this.#store.kind, patienceMs: this.#patienceMs, hasSecret: this.#secret !== undefined };
  }

  [inspect.custom](): string {
    return `SharedDataKeys ${inspect(this.toJSON())}`;
  }
}

let isWarned = false;

function warnForged(): void {
  if (isWarned) return;
  isWarned = true;
  warn(
    'WAXSEAL_SHARED_KEY_FORGED',
    'The store has a shared data key that no process of this fleet has made, or one that was put back. It is not used. ' +
      'Find out who can write to the database (docs/shared-data-keys.md). Further ones are not announced.',
  );
}

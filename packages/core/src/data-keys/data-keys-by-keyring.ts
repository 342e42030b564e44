import { LRUCache } from 'lru-cache';

import { CodecClosedError } from '../errors/codec-closed-error';
import type { Keyring } from '../keyring/keyring';
import type { Clock } from '../durations/clock';
import type { DataKeyState } from '../telemetry/data-key-state';
import type { Telemetry } from '../telemetry/telemetry';
import type { DataKeyLimits } from './data-key-limits';
import { DataKeys } from './data-keys';

/** Keyrings whose data keys are kept at most; the one that was not used for longest is given up first. */
const MAX_KEYRINGS = 1000;

/**
 * The data keys of each keyring that is in use. Keyrings share nothing: a data key that one of them unwrapped is not used
 * for another, even where both name the same key.
 */
export class DataKeysByKeyring {
  readonly #limits: DataKeyLimits;
  readonly #clock: Clock;
  readonly #telemetry: Telemetry | undefined;
  readonly #all: LRUCache<Keyring, DataKeys>;
  #last: { readonly keyring: Keyring; readonly dataKeys: DataKeys } | undefined;
  #isClosed = false;

  constructor(limits: DataKeyLimits, clock: Clock, telemetry?: Telemetry) {
    this.#limits = limits;
    this.#clock = clock;
    this.#telemetry = telemetry;
    this.#all = new LRUCache({
      max: MAX_KEYRINGS,
      // What is under way for it still comes to its end.
      dispose: (dataKeys) => {
        dataKeys.encoding.retire();
      },
    });
  }

  /** @throws CodecClosedError after {@link close} */
  of(keyring: Keyring): DataKeys {
    this.assertOpen();
    if (this.#last?.keyring === keyring) return this.#last.dataKeys;
    let dataKeys = this.#all.get(keyring);
    if (dataKeys === undefined) {
      dataKeys = new DataKeys(keyring, this.#limits, this.#clock, this.#telemetry);
      this.#all.set(keyring, dataKeys);
    }
    this.#last = { keyring, dataKeys };
    return dataKeys;
  }

  /** The data keys that encrypt now. */
  states(): readonly DataKeyState[] {
    return [...this.#all.values()].flatMap(({ encoding }) => encoding.state ?? []);
  }

  /** @throws CodecClosedError after {@link close} */
  assertOpen(): void {
    if (this.#isClosed) throw new CodecClosedError();
  }

  /** Drops all keys and ends what is under way. */
  close(): void {
    this.#isClosed = true;
    this.#last = undefined;
    for (const dataKeys of this.#all.values()) dataKeys.close();
    this.#all.clear();
  }
}

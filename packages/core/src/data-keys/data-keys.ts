import type { Keyring } from '../keyring/keyring';
import type { Telemetry } from '../telemetry/telemetry';
import type { Clock } from '../durations/clock';
import type { DataKeyLimits } from './data-key-limits';
import { DecodingKeys } from './decoding-keys';
import { EncodingKeys } from './encoding-keys';

/** The data keys of one keyring: the one that encrypts, and those that decrypt. */
export class DataKeys {
  readonly encoding: EncodingKeys;
  readonly decoding: DecodingKeys;

  constructor(keyring: Keyring, limits: DataKeyLimits, clock: Clock, telemetry: Telemetry | undefined) {
    this.decoding = new DecodingKeys(limits, clock, telemetry);
    this.encoding = new EncodingKeys(keyring, limits, clock, telemetry, ({ wrappedKeys, secret }) => {
      for (const wrapped of wrappedKeys) this.decoding.put(wrapped, secret);
    });
  }

  /** Drops all keys and ends what is under way. */
  close(): void {
    this.encoding.close();
    this.decoding.close();
  }
}

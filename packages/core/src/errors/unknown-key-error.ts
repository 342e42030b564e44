import { quote } from './quote';
import { MENDABLE } from './temporal-traits';
import { WaxsealError, type WaxsealErrorOptions } from './waxseal-error';

/** The payload's data key is wrapped by a key that the keyring does not hold. No key service was asked. */
export class UnknownKeyError extends WaxsealError {
  override readonly name = 'UnknownKeyError';
  readonly code = 'WAXSEAL_UNKNOWN_KEY';

  /** The key ID that the payload names in `encryption-key-id`. It comes from the payload: treat it as untrusted. */
  readonly keyId: string;

  constructor(keyId: string, options?: WaxsealErrorOptions) {
    super(
      `No key in the keyring has the ID ${quote(keyId)}. If the payload is yours, add that key to the keyring's decryptOnly list.`,
      false,
      { type: 'WaxsealUnknownKey', ...MENDABLE },
      options,
    );
    this.keyId = keyId;
  }
}

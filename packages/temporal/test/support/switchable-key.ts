import { KeyServiceError, type KeyEncryptionKey } from '@waxseal/core';

/** A key whose service can be taken down. */
export interface SwitchableKey extends KeyEncryptionKey {
  isDown: boolean;
  /** Wraps asked for so far. */
  wraps: number;
}

/** `key`, behind a switch. */
export function switchableKey(key: KeyEncryptionKey): SwitchableKey {
  const switchable: SwitchableKey = {
    id: key.id,
    bindsAad: key.bindsAad,
    isDown: false,
    wraps: 0,
    wrap: (...parameters) => {
      switchable.wraps += 1;
      return switchable.isDown
        ? Promise.reject(new KeyServiceError(key.id, 'unavailable'))
        : key.wrap(...parameters);
    },
    unwrap: (...parameters) =>
      switchable.isDown
        ? Promise.reject(new KeyServiceError(key.id, 'unavailable'))
        : key.unwrap(...parameters),
  };
  return switchable;
}

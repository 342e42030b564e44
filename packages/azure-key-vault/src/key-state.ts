import type { KeyVaultKey } from '@azure/keyvault-keys';

/** Whether a version of a key is in use, as its attributes say. */
type KeyState = 'Enabled' | 'Disabled' | 'Expired' | 'NotYetValid';

/** @param now this machine's time */
export function keyStateOf({ properties }: KeyVaultKey, now: Date): KeyState {
  const { enabled, expiresOn, notBefore } = properties;
  if (enabled === false) return 'Disabled';
  if (expiresOn !== undefined && now >= expiresOn) return 'Expired';
  if (notBefore !== undefined && now < notBefore) return 'NotYetValid';
  return 'Enabled';
}

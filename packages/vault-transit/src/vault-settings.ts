import { assertKeyId, keyRequestLimits, type KeyId, type KeyRequestLimits } from '@waxseal/core';

import { checkFields } from './check-fields';
import { checkText } from './check-text';
import { parseVaultAddress } from './parse-vault-address';
import { KEY_NAME, KEY_NAME_IS, PATH, PATH_IS } from './vault-names';
import type { VaultTransitKeyOptions } from './vault-transit-key-options';
import { transitKeyId } from './transit-key-id';

const OPTIONS = [
  'address',
  'allowInsecureHttp',
  'mount',
  'keyName',
  'auth',
  'namespace',
  'id',
  'request',
  'fetch',
] as const;
/** Room for versions to come. */
const MAX_VERSION = 999_999_999;

/** `VaultTransitKeyOptions`, checked; all but the credentials. */
export interface VaultSettings {
  readonly id: KeyId;
  /** Base URL without a slash at its end. */
  readonly address: string;
  readonly namespace: string | undefined;
  /** Paths under `/v1/`. */
  readonly encryptPath: string;
  readonly decryptPath: string;
  readonly keyPath: string;
  readonly limits: KeyRequestLimits;
}

/** @throws ConfigurationError that names the field */
export function vaultSettings(options: VaultTransitKeyOptions): VaultSettings {
  const given = checkFields(options, 'options', OPTIONS);
  const address = parseVaultAddress(given['address'], given['allowInsecureHttp'] === true);
  const keyName = checkText(given['keyName'], 'keyName', KEY_NAME, KEY_NAME_IS);
  const mount = checkText(given['mount'] ?? 'transit', 'mount', PATH, PATH_IS);
  const namespace =
    given['namespace'] === undefined ? undefined : checkText(given['namespace'], 'namespace', PATH, PATH_IS);
  const prefix = namespace === undefined ? '' : `${namespace}/`;
  const id = given['id'] ?? `vaulttransit://${prefix}${mount}/${keyName}`;
  assertKeyId(id, 'VaultTransitKey: id');
  assertKeyId(transitKeyId(id, MAX_VERSION), 'VaultTransitKey: id with its version');
  return {
    id,
    address,
    namespace,
    encryptPath: `${mount}/encrypt/${encodeURIComponent(keyName)}`,
    decryptPath: `${mount}/decrypt/${encodeURIComponent(keyName)}`,
    keyPath: `${mount}/keys/${encodeURIComponent(keyName)}`,
    limits: keyRequestLimits(options.request, 'VaultTransitKey'),
  };
}

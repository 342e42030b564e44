import type { AzureKeyVaultDoubleKey } from './azure-key-vault-double-key';
import type { AzureKeyVaultKeyVersion } from './azure-key-vault-key-version';

const seconds = (date: Date): number => Math.floor(date.getTime() / 1000);

/** A key bundle, as `Get Key` answers it: public members only. */
export function keyBundle(
  key: AzureKeyVaultDoubleKey,
  version: AzureKeyVaultKeyVersion,
): Record<string, unknown> {
  const { material, createdAt, expiresOn, notBefore } = version;
  const publicMembers = 'secret' in material ? {} : material.publicKey.export({ format: 'jwk' });
  return {
    key: { ...publicMembers, kid: version.kid, kty: key.keyType, key_ops: [...key.keyOperations] },
    attributes: {
      enabled: version.enabled,
      created: seconds(createdAt),
      updated: seconds(createdAt),
      ...(expiresOn === undefined ? {} : { exp: seconds(expiresOn) }),
      ...(notBefore === undefined ? {} : { nbf: seconds(notBefore) }),
      recoveryLevel: 'Recoverable+Purgeable',
      recoverableDays: 90,
    },
    tags: {},
  };
}

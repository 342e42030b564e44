import type { KeyRotationPolicy, KeyVaultKey } from '@azure/keyvault-keys';
import type { KeyDescription } from '@waxseal/core';

import type { KeyVaultKeyReference } from './key-vault-key-reference';
import { keyStateOf } from './key-state';
import { versionOfAnswer } from './version-of-answer';

/**
 * A key, from the answer to `Get Key`.
 *
 * @param policy rotation policy, where the caller may read it
 */
export function describeKey(
  answer: KeyVaultKey,
  policy: KeyRotationPolicy | undefined,
  reference: KeyVaultKeyReference,
): KeyDescription {
  const version = versionOfAnswer(answer.id, reference);
  const { expiresOn, notBefore, createdOn, recoveryLevel } = answer.properties;
  const state = keyStateOf(answer, new Date());
  const operations = answer.keyOperations ?? [];
  const bits = answer.key?.n === undefined ? undefined : String(answer.key.n.length * 8);
  return {
    service: new URL(reference.vaultUrl).hostname.includes('.managedhsm.')
      ? 'Azure Managed HSM'
      : 'Azure Key Vault',
    name: `${reference.url}/${version}`,
    state,
    isUsable:
      state === 'Enabled' && ['wrapKey', 'unwrapKey'].every((operation) => operations.includes(operation)),
    version,
    details: withoutUndefined({
      keyType: answer.keyType,
      bits,
      operations: operations.join(' '),
      created: createdOn?.toISOString(),
      expires: expiresOn?.toISOString() ?? 'never',
      notBefore: notBefore?.toISOString(),
      recoveryLevel,
      rotation: rotationOf(policy),
    }),
  };
}

function rotationOf(policy: KeyRotationPolicy | undefined): string {
  if (policy === undefined) return 'unknown: the rotation policy may not be read';
  const rotate = policy.lifetimeActions?.find(({ action }) => action === 'Rotate');
  if (rotate?.timeAfterCreate !== undefined) return `${rotate.timeAfterCreate} after creation`;
  if (rotate?.timeBeforeExpiry !== undefined) return `${rotate.timeBeforeExpiry} before expiry`;
  return 'none';
}

function withoutUndefined(details: Readonly<Record<string, string | undefined>>): Record<string, string> {
  const told = Object.entries(details).filter((entry): entry is [string, string] => entry[1] !== undefined);
  return Object.fromEntries(told);
}

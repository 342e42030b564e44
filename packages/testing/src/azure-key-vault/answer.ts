import { KeyVaultFault } from './fault';
import { type AzureKeyVaultDoubleKey, type AzureKeyVaultKeyVersion, keyBundle, WRAP_ALGORITHMS } from './key';
import type { KeyVaultTarget, WrapParameters } from './request';

/**
 * Answers one authorized request as the service does: find the key and the version, check its state, then the
 * cryptography.
 *
 * @param parameters of a wrap or unwrap
 * @param wrapsUnderDisabledKeys answers to a wrap in any state of the key, as it was reported of the service
 * @returns the members of the answer
 * @throws KeyVaultFault
 */
export function answerKeyVaultRequest(
  target: KeyVaultTarget,
  parameters: WrapParameters | undefined,
  keys: readonly AzureKeyVaultDoubleKey[],
  wrapsUnderDisabledKeys = false,
): Record<string, unknown> {
  // Names are case-insensitive.
  const name = target.keyName.toLowerCase();
  const key = keys.find((candidate) => candidate.name.toLowerCase() === name && !candidate.isDeleted);
  const version =
    target.version === undefined
      ? key?.current
      : key?.versions.find((candidate) => candidate.version === target.version);
  if (key === undefined || version === undefined) {
    const id = target.version === undefined ? target.keyName : `${target.keyName}/${target.version}`;
    throw new KeyVaultFault('KeyNotFound', `A key with (name/id) ${id} was not found in this key vault.`);
  }
  if (target.operation === 'getKey') return keyBundle(key, version);
  if (target.operation === 'getRotationPolicy') return rotationPolicy(key);
  if (target.operation === 'getKeyVersions') return versionList(key, target);
  if (parameters === undefined)
    throw new KeyVaultFault('BadParameter', 'The request body must be specified.');
  if (!(wrapsUnderDisabledKeys && target.operation === 'wrapKey'))
    assertUsable(key, version, target.operation);
  const algorithm = WRAP_ALGORITHMS.get(parameters.algorithm);
  try {
    const value =
      target.operation === 'wrapKey'
        ? algorithm?.wrap(version.material, parameters.value)
        : algorithm?.unwrap(version.material, parameters.value);
    return { kid: version.kid, value: Buffer.from(value ?? []).toString('base64url') };
  } catch {
    throw new KeyVaultFault('BadParameter', 'The parameter is incorrect.');
  }
}

/**
 * https://learn.microsoft.com/azure/key-vault/keys/about-keys-details#key-access-control and #key-attributes
 */
function assertUsable(
  key: AzureKeyVaultDoubleKey,
  { enabled, expiresOn, notBefore }: AzureKeyVaultKeyVersion,
  operation: 'wrapKey' | 'unwrapKey',
): void {
  if (!enabled) {
    throw new KeyVaultFault(
      'Forbidden',
      `Operation ${operation} is not allowed on a disabled key.`,
      'KeyDisabled',
    );
  }
  if (!key.keyOperations.includes(operation)) {
    throw new KeyVaultFault(
      'Forbidden',
      `Operation ${operation} is not permitted on this key.`,
      'KeyOperationForbidden',
    );
  }
  // Outside its dates a key still unwraps, so that what it wrapped can be recovered.
  if (operation === 'unwrapKey') return;
  const now = new Date();
  if (expiresOn !== undefined && now >= expiresOn) {
    throw new KeyVaultFault(
      'Forbidden',
      `Operation ${operation} is not allowed on an expired key.`,
      'KeyExpired',
    );
  }
  if (notBefore !== undefined && now < notBefore) {
    throw new KeyVaultFault(
      'Forbidden',
      `Operation ${operation} is not allowed on a key that is not yet valid.`,
      'KeyNotYetValid',
    );
  }
}

/** A page of `Get Key Versions`: items without public members. */
function versionList(
  key: AzureKeyVaultDoubleKey,
  { page: { from, most }, apiVersion }: KeyVaultTarget,
): Record<string, unknown> {
  const to = from + most;
  const next = `${key.url}/versions?api-version=${apiVersion}&$skiptoken=${String(to)}&maxresults=${String(most)}`;
  return {
    value: key.versions.slice(from, to).map((version) => {
      const { attributes, tags } = keyBundle(key, version);
      return { kid: version.kid, attributes, tags };
    }),
    nextLink: to < key.versions.length ? next : null,
  };
}

function rotationPolicy(key: AzureKeyVaultDoubleKey): Record<string, unknown> {
  const { url, rotateAfter } = key;
  return {
    id: `${url}/rotationpolicy`,
    lifetimeActions: [
      ...(rotateAfter === undefined
        ? []
        : [{ trigger: { timeAfterCreate: rotateAfter }, action: { type: 'Rotate' } }]),
      { trigger: { timeBeforeExpiry: 'P30D' }, action: { type: 'Notify' } },
    ],
    attributes: {},
  };
}

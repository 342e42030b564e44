import { keyOfBlob, openBlob, sealBlob } from './ciphertext';
import { KmsFault } from './fault';
import { type AwsKmsDoubleKey, assertKeyUsable, findKey, type KeyDirectory } from './key';
import type { KmsRequest } from './request';

/** Asks whether the caller may do `action` with `key`. */
type Authorize = (action: string, key: AwsKmsDoubleKey) => void;

/**
 * Answers one checked request as the service does: find the key, the right to use it, its state, then the
 * cryptography.
 *
 * @returns the members of the answer
 * @throws KmsFault
 */
export function answerKmsRequest(
  action: string,
  request: KmsRequest,
  directory: KeyDirectory,
  authorize: Authorize,
): unknown {
  if (request.GrantTokens.some((token) => !token.startsWith('grant-'))) {
    throw new KmsFault('InvalidGrantTokenException', 'Grant token is invalid.');
  }
  switch (action) {
    case 'Encrypt':
      return encrypt(request, directory, authorize);
    case 'Decrypt':
      return decrypt(request, directory, authorize);
    case 'DescribeKey': {
      const key = findKey(required(request.KeyId, 'keyId'), directory);
      authorize('DescribeKey', key);
      return describeKey(
        key,
        directory.keys.filter(({ identity }) => identity === key.identity),
      );
    }
    default:
      throw new KmsFault('UnknownOperationException');
  }
}

function encrypt(request: KmsRequest, directory: KeyDirectory, authorize: Authorize): unknown {
  const plaintext = required(request.Plaintext, 'plaintext');
  const key = findKey(required(request.KeyId, 'keyId'), directory);
  authorize('Encrypt', key);
  assertKeyUsable(key, request.EncryptionAlgorithm);
  if (request.DryRun) throw dryRun();
  return {
    CiphertextBlob: sealBlob(key, plaintext, request.EncryptionContext).toString('base64'),
    KeyId: key.arn,
    EncryptionAlgorithm: request.EncryptionAlgorithm,
  };
}

function decrypt(request: KmsRequest, directory: KeyDirectory, authorize: Authorize): unknown {
  const inRegion = directory.keys.filter(({ region }) => region === directory.region);
  const rightsOnly = request.DryRunModifiers.includes('IGNORE_CIPHERTEXT');
  if (rightsOnly && !request.DryRun) {
    throw new KmsFault('ValidationException', 'DryRunModifiers needs DryRun.');
  }
  const blob = rightsOnly ? undefined : required(request.CiphertextBlob, 'ciphertextBlob');
  const named =
    request.KeyId === undefined && !rightsOnly
      ? undefined
      : findKey(required(request.KeyId, 'keyId'), directory);
  const key = named ?? keyOfBlob(required(blob, 'ciphertextBlob'), inRegion);
  authorize('Decrypt', key);
  assertKeyUsable(key, request.EncryptionAlgorithm);
  if (blob === undefined) throw dryRun();
  if (keyOfBlob(blob, inRegion) !== key) {
    throw new KmsFault(
      'IncorrectKeyException',
      'The key ID in the request does not identify a CMK that can perform this operation.',
    );
  }
  const { plaintext, keyMaterialId } = openBlob(key, blob, request.EncryptionContext);
  if (request.DryRun) throw dryRun();
  return {
    KeyId: key.arn,
    Plaintext: plaintext.toString('base64'),
    EncryptionAlgorithm: request.EncryptionAlgorithm,
    KeyMaterialId: keyMaterialId,
  };
}

function required<T>(value: T | undefined, name: string): T {
  if (value === undefined) {
    throw new KmsFault(
      'ValidationException',
      `1 validation error detected: Value at '${name}' failed to satisfy constraint: Member must not be null`,
    );
  }
  return value;
}

function dryRun(): KmsFault {
  return new KmsFault(
    'DryRunOperationException',
    'The request would have succeeded, but the DryRun option is set.',
  );
}

/** The members of `DescribeKeyResponse` that a symmetric key has. */
function describeKey(key: AwsKmsDoubleKey, siblings: readonly AwsKmsDoubleKey[]): unknown {
  const [primary, ...replicas] = siblings;
  return {
    KeyMetadata: {
      AWSAccountId: key.arn.split(':')[4],
      KeyId: key.keyId,
      Arn: key.arn,
      CreationDate: key.createdAt.getTime() / 1000,
      Enabled: key.state === 'Enabled',
      Description: '',
      KeyUsage: key.usage,
      KeyState: key.state,
      ...(key.state === 'PendingDeletion' ? { DeletionDate: Date.now() / 1000 + 30 * 24 * 3600 } : {}),
      Origin: key.state === 'PendingImport' ? 'EXTERNAL' : 'AWS_KMS',
      KeyManager: 'CUSTOMER',
      CustomerMasterKeySpec: key.usage === 'ENCRYPT_DECRYPT' ? 'SYMMETRIC_DEFAULT' : 'HMAC_256',
      KeySpec: key.usage === 'ENCRYPT_DECRYPT' ? 'SYMMETRIC_DEFAULT' : 'HMAC_256',
      ...(key.usage === 'ENCRYPT_DECRYPT' ? { EncryptionAlgorithms: ['SYMMETRIC_DEFAULT'] } : {}),
      MultiRegion: key.multiRegion,
      ...(key.multiRegion && primary !== undefined
        ? {
            MultiRegionConfiguration: {
              MultiRegionKeyType: key === primary ? 'PRIMARY' : 'REPLICA',
              PrimaryKey: { Arn: primary.arn, Region: primary.region },
              ReplicaKeys: replicas.map(({ arn, region }) => ({ Arn: arn, Region: region })),
            },
          }
        : {}),
      CurrentKeyMaterialId: key.currentKeyMaterialId,
    },
  };
}

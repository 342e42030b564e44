import { randomUUID } from 'node:crypto';
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
    case 'GetKeyRotationStatus':
    case 'ListKeyRotations':
    case 'GetKeyLastUsage': {
      const key = findKeyWithoutAlias(required(request.KeyId, 'keyId'), directory);
      authorize(action, key);
      return RECORDS[action](key, request);
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
  key.lastUse = { operation: 'Encrypt', at: new Date() };
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
  key.lastUse = { operation: 'Decrypt', at: new Date() };
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

/** Actions that tell what the service records of a key. */
export type AwsKmsRecord = 'GetKeyRotationStatus' | 'ListKeyRotations' | 'GetKeyLastUsage';

/** "Alias names are not supported", as the API Reference says of these actions. */
function findKeyWithoutAlias(keyId: string, directory: KeyDirectory): AwsKmsDoubleKey {
  if (/(?:^|:)alias\//.test(keyId)) throw new KmsFault('NotFoundException', `Invalid keyId '${keyId}'`);
  return findKey(keyId, directory);
}

const DAY_MS = 24 * 3600 * 1000;

/** What the service records of a key, by action. */
const RECORDS: Readonly<Record<AwsKmsRecord, (key: AwsKmsDoubleKey, request: KmsRequest) => unknown>> = {
  GetKeyRotationStatus(key) {
    assertRotates(key);
    const days = key.state === 'PendingDeletion' ? undefined : key.rotationPeriodDays;
    if (days === undefined) return { KeyId: key.arn, KeyRotationEnabled: false };
    const next = key.materials.current.createdAt.getTime() + days * DAY_MS;
    return {
      KeyId: key.arn,
      KeyRotationEnabled: true,
      RotationPeriodInDays: days,
      NextRotationDate: next / 1000,
    };
  },

  ListKeyRotations(key, { IncludeKeyMaterial, Limit, Marker }) {
    assertRotates(key);
    const entries = key.materials.all.map(({ id, createdAt }, index) => ({
      KeyId: key.keyId,
      KeyMaterialId: id,
      KeyMaterialState: id === key.currentKeyMaterialId ? 'CURRENT' : 'NON_CURRENT',
      ...(index === 0 ? {} : { RotationDate: createdAt.getTime() / 1000, RotationType: 'ON_DEMAND' }),
    }));
    const wanted = IncludeKeyMaterial === 'ALL_KEY_MATERIAL' ? entries : entries.slice(1);
    const from = Marker === undefined ? 0 : Number(Marker);
    if (!Number.isInteger(from) || from < 0 || from > wanted.length) {
      throw new KmsFault('InvalidMarkerException', 'The marker is invalid.');
    }
    const to = from + Limit;
    return {
      Rotations: wanted.slice(from, to),
      Truncated: to < wanted.length,
      ...(to < wanted.length ? { NextMarker: String(to) } : {}),
    };
  },

  GetKeyLastUsage({ arn, lastUse, usageRecordedSince, createdAt }) {
    const isRecorded = lastUse !== undefined && lastUse.at >= usageRecordedSince;
    return {
      KeyId: arn,
      KeyLastUsage: isRecorded
        ? {
            Operation: lastUse.operation,
            Timestamp: lastUse.at.getTime() / 1000,
            CloudTrailEventId: randomUUID(),
            KmsRequestId: randomUUID(),
          }
        : {},
      TrackingStartDate: Math.max(usageRecordedSince.getTime(), createdAt.getTime()) / 1000,
      KeyCreationDate: createdAt.getTime() / 1000,
    };
  },
};

function assertRotates(key: AwsKmsDoubleKey): void {
  if (key.usage !== 'ENCRYPT_DECRYPT') throw new KmsFault('UnsupportedOperationException');
}

import type { AwsKmsDoubleKey } from './aws-kms-double-key';

/** The members of `DescribeKeyResponse` that a symmetric key has. */
export function describeKey(key: AwsKmsDoubleKey, siblings: readonly AwsKmsDoubleKey[]): unknown {
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

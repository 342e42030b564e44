import type { KeyMetadata } from '@aws-sdk/client-kms';
import type { KeyDescription } from '@waxseal/core';

/** What a person is told of an answer of `DescribeKey`. `version` is the generation of key material that wraps now. */
export function describeMetadata(metadata: KeyMetadata): KeyDescription {
  const details: Record<string, string | undefined> = {
    'key spec': metadata.KeySpec,
    origin: metadata.Origin,
    'multi-region': metadata.MultiRegion === true ? 'yes' : 'no',
    'deletion date': metadata.DeletionDate?.toISOString(),
    'valid to': metadata.ValidTo?.toISOString(),
  };
  return {
    service: 'AWS KMS',
    name: metadata.Arn ?? '',
    state: metadata.KeyState ?? 'unknown',
    isUsable: metadata.KeyState === 'Enabled',
    version: metadata.CurrentKeyMaterialId,
    details: Object.fromEntries(
      Object.entries(details).filter((entry): entry is [string, string] => entry[1] !== undefined),
    ),
  };
}

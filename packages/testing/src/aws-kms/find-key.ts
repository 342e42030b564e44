import type { AwsKmsDoubleKey } from './aws-kms-double-key';
import { KmsFault } from './kms-fault';

/** Where a `KeyId` is looked up. */
export interface KeyDirectory {
  readonly region: string;
  readonly account: string;
  readonly partition: string;
  readonly keys: readonly AwsKmsDoubleKey[];
  /** Alias ARN to key ARN. */
  readonly aliases: ReadonlyMap<string, string>;
}

/**
 * The key that a request names by key ID, key ARN, alias name or alias ARN, in the region that the request is for.
 *
 * @throws KmsFault `NotFoundException`, `InvalidArnException`
 */
export function findKey(keyId: string, directory: KeyDirectory): AwsKmsDoubleKey {
  const prefix = `arn:${directory.partition}:kms:${directory.region}:${directory.account}:`;
  if (keyId.startsWith('arn:')) {
    const [, , service, region, account, resource] = keyId.split(':');
    if (service !== 'kms' || account === undefined || resource === undefined) {
      throw new KmsFault('InvalidArnException', `Invalid arn ${keyId}`);
    }
    if (region !== directory.region) throw new KmsFault('NotFoundException', `Invalid arn ${String(region)}`);
  }
  const arn = keyId.startsWith('arn:')
    ? keyId
    : keyId.startsWith('alias/')
      ? prefix + keyId
      : `${prefix}key/${keyId}`;
  const isAlias = arn.includes(':alias/');
  const keyArn = isAlias ? directory.aliases.get(arn) : arn;
  const key = directory.keys.find((candidate) => candidate.arn === keyArn);
  if (key === undefined) {
    throw new KmsFault('NotFoundException', `${isAlias ? 'Alias' : 'Key'} '${arn}' does not exist`);
  }
  return key;
}

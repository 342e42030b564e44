import type { AwsKmsDoubleKey } from './aws-kms-double-key';
import { KmsFault } from './kms-fault';

/** @throws KmsFault unless the key may encrypt and decrypt in its state and by its usage */
export function assertKeyUsable(key: AwsKmsDoubleKey, algorithm: string): void {
  if (key.state === 'Disabled') throw new KmsFault('DisabledException', `${key.arn} is disabled.`);
  if (key.state !== 'Enabled') {
    throw new KmsFault('KMSInvalidStateException', `${key.arn} is in state ${key.state}.`);
  }
  if (key.usage !== 'ENCRYPT_DECRYPT' || algorithm !== 'SYMMETRIC_DEFAULT') {
    throw new KmsFault('InvalidKeyUsageException', `${key.arn} does not support ${algorithm}.`);
  }
}

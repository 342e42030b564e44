import { AwsKmsKey } from '@waxseal/aws-kms';
import { Keyring } from '@waxseal/core';
import { EnvelopePlugin } from '@waxseal/temporal';

/**
 * Encrypts under the key that `WAXSEAL_PRIMARY_KEY` names, such as `awskms:///arn:aws:kms:…`. Made in code:
 * `runWorker` takes its options at once, and a configuration file is read later.
 */
export function newPlugin(): EnvelopePlugin {
  const uri = process.env['WAXSEAL_PRIMARY_KEY'];
  if (uri === undefined) throw new Error('WAXSEAL_PRIMARY_KEY is not set: name the key of AWS KMS as a URI.');
  return new EnvelopePlugin({ keyring: new Keyring({ primary: AwsKmsKey.fromUri(uri) }) });
}

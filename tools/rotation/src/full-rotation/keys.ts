import { AwsKmsKey } from '@waxseal/aws-kms';
import { Keyring } from '@waxseal/core';

/** The keyring of a `waxseal.config.json` with keys of AWS KMS. */
export function keyringOf(json: string): Keyring {
  const { primaryKey, decryptKeys = [] } = JSON.parse(json) as Uris;
  return new Keyring({
    primary: AwsKmsKey.fromUri(primaryKey),
    decryptOnly: decryptKeys.map((uri) => AwsKmsKey.fromUri(uri)),
  });
}

interface Uris {
  readonly primaryKey: string;
  readonly decryptKeys?: readonly string[];
}

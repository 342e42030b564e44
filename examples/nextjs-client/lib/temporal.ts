import { Client, Connection } from '@temporalio/client';
import { AwsKmsKey } from '@waxseal/aws-kms';
import { Keyring } from '@waxseal/core';
import { EnvelopePlugin } from '@waxseal/temporal';

let client: Promise<Client> | undefined;

/**
 * The client of this server, which encrypts under the key that `WAXSEAL_PRIMARY_KEY` names. One for all
 * requests: it has the connection, and the data key. One that could not be made is made anew.
 */
export function temporalClient(): Promise<Client> {
  client ??= connect().catch((error: unknown) => {
    client = undefined;
    throw error;
  });
  return client;
}

async function connect(): Promise<Client> {
  const { TEMPORAL_ADDRESS: address, WAXSEAL_PRIMARY_KEY: uri } = process.env;
  if (uri === undefined) throw new Error('WAXSEAL_PRIMARY_KEY is not set: name the key of AWS KMS as a URI.');
  const keyring = new Keyring({ primary: AwsKmsKey.fromUri(uri) });
  const connection = await Connection.connect({ address: address ?? 'localhost:7233' });
  return new Client({ connection, plugins: [new EnvelopePlugin({ keyring })] });
}

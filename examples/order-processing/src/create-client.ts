import { Client, Connection } from '@temporalio/client';
import type { ClientConnectConfig } from '@temporalio/envconfig';
import type { EnvelopePlugin } from '@waxseal/temporal';

/**
 * Makes a client that encrypts what it sends and decrypts what it receives. Close its `connection` when done.
 */
export async function createClient(config: ClientConnectConfig, envelope: EnvelopePlugin): Promise<Client> {
  const connection = await Connection.connect(config.connectionOptions);
  return new Client({ connection, namespace: config.namespace ?? 'default', plugins: [envelope] });
}

import { startGcpKmsDouble } from '@waxseal/testing';

import type { KeyService } from './key-service';
import { temporaryFiles } from './temporary-files';

/** Starts a double of Google Cloud KMS that speaks TLS and checks tokens. */
export async function startGoogleCloudKms(): Promise<KeyService> {
  const double = await startGcpKmsDouble({ tls: true });
  const account = await double.serviceAccount();
  const files = temporaryFiles({
    'ca.pem': double.caCertificate ?? '',
    'account.json': JSON.stringify(account),
  });
  const [, port] = double.endpoint.split(':');
  return {
    keyUri: `gcpkms://${double.createKey().name}?endpoint=localhost:${String(port)}`,
    environment: {
      GRPC_DEFAULT_SSL_ROOTS_FILE_PATH: files.path('ca.pem'),
      GOOGLE_APPLICATION_CREDENTIALS: files.path('account.json'),
    },
    secrets: [account.private_key.replace(/\s/g, '').slice(60, 120)],
    stop: async () => {
      files.remove();
      await double.close();
    },
  };
}

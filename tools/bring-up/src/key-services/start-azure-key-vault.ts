import { startAzureKeyVaultDouble } from '@waxseal/testing';

import type { KeyService } from './key-service';
import { temporaryFiles } from './temporary-files';

/** Starts a double of Azure Key Vault and of the login that issues its tokens. */
export async function startAzureKeyVault(): Promise<KeyService> {
  const double = await startAzureKeyVaultDouble();
  const key = await double.createKey({ name: 'orders' });
  const files = temporaryFiles({ 'ca.pem': double.caCertificate });
  const { tenantId, clientId, clientSecret } = double.login;
  return {
    keyUri: `azurekeyvault://${new URL(double.url).host}/keys/${key.name}?privateCloud=true`,
    environment: {
      NODE_EXTRA_CA_CERTS: files.path('ca.pem'),
      AZURE_AUTHORITY_HOST: double.url,
      AZURE_TENANT_ID: tenantId,
      AZURE_CLIENT_ID: clientId,
      AZURE_CLIENT_SECRET: clientSecret,
    },
    secrets: [clientSecret],
    stop: async () => {
      files.remove();
      await double.close();
    },
  };
}

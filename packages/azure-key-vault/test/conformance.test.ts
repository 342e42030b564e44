import { join } from 'node:path';

import { ClientSecretCredential } from '@azure/identity';
import { describe, it } from '@jest/globals';
import { describeKeyProvider, type KeyProviderHarness } from '@waxseal/conformance';
import { documentedRights } from '@waxseal/test-support';
import {
  startAzureKeyVaultDouble,
  type AzureKeyVaultDouble,
  type AzureKeyVaultOperation,
} from '@waxseal/testing';

import { AzureKeyVaultKey, type AzureKeyVaultKeyOptions, type AzureTokenCredential } from '../src';
import { DETERMINISTIC, WRAPS_WITHOUT_REQUESTS } from './support/conformance-cases';

/** What differs between the subjects. */
interface Variant {
  readonly options?: Partial<AzureKeyVaultKeyOptions>;
  readonly service?: 'vault' | 'managed-hsm';
  readonly credentialOf?: (vault: AzureKeyVaultDouble) => AzureTokenCredential;
}

const withSecret = (vault: AzureKeyVaultDouble): ClientSecretCredential => {
  const { tenantId, clientId, clientSecret } = vault.login;
  return new ClientSecretCredential(tenantId, clientId, clientSecret, {
    authorityHost: vault.url,
    disableInstanceDiscovery: true,
    tlsOptions: { ca: vault.caCertificate },
  });
};

const RIGHTS = documentedRights(join(__dirname, '..'), 'json');
const DATA_ACTIONS = {
  wrapKey: 'vaults/keys/wrap/action',
  unwrapKey: 'vaults/keys/unwrap/action',
  getKey: 'vaults/keys/read',
  getRotationPolicy: 'vaults/keyrotationpolicies/read',
} as const;

async function open({ options, service = 'vault', credentialOf }: Variant): Promise<KeyProviderHarness> {
  const vault = await startAzureKeyVaultDouble({ service });
  const keyType = service === 'managed-hsm' ? 'oct-HSM' : 'RSA';
  const [a, b] = [await vault.createKey({ keyType }), await vault.createKey({ keyType })];
  const source = credentialOf?.(vault) ?? vault.credential;
  const tokens: string[] = [];
  const credential: AzureTokenCredential = {
    getToken: async (...parameters) => {
      const answer = await source.getToken(...parameters);
      if (answer !== null) tokens.push(answer.token);
      return answer;
    },
  };
  const key = (keyId: string): AzureKeyVaultKey => {
    const { clientOptions } = vault;
    return new AzureKeyVaultKey({ credential, clientOptions, keyId, ...options });
  };
  let closed = false;
  const close = async (): Promise<void> => {
    if (!closed) await vault.close();
    closed = true;
  };
  return {
    get secrets() {
      return [vault.login.clientSecret, ...tokens];
    },
    key: () => key(a.url),
    otherKey: () => key(b.url),
    unknownKey: () => key(`${vault.url}/keys/unknown`),
    disableKey: () => {
      a.disable();
    },
    enableKey: () => {
      a.enable();
    },
    deleteKey: () => {
      a.delete();
    },
    rotate: async () => {
      await a.rotate();
    },
    deny: () => {
      vault.deny('wrapKey', a);
      vault.deny('unwrapKey', a);
    },
    grantOnly: (role) => {
      // "With wrapLocally, put keys/read in the place of wrap/action."
      const wraps = options?.wrapLocally === true ? DATA_ACTIONS.getKey : DATA_ACTIONS.wrapKey;
      const rights = RIGHTS[role].replace(DATA_ACTIONS.wrapKey, wraps);
      for (const [operation, action] of Object.entries(DATA_ACTIONS) as [AzureKeyVaultOperation, string][]) {
        if (rights.includes(`Microsoft.KeyVault/${action}"`)) vault.allow(operation);
        else vault.deny(operation);
      }
    },
    throttle: (times) => {
      vault.next({ error: 'Throttled', innererror: 'VaultRequestTypeLimitReached', retryAfter: 10 }, times);
    },
    disconnect: close,
    delay: (ms) => {
      vault.latencyMs = ms;
    },
    cut: (times) => {
      vault.next({ cut: true }, times);
    },
    requests: () => vault.requests.length + vault.challenges,
    close,
  };
}

describeKeyProvider({ describe, it }, { name: 'AzureKeyVaultKey with RSA-OAEP-256', open: () => open({}) });
describeKeyProvider(
  { describe, it },
  {
    name: 'AzureKeyVaultKey with A256KW',
    without: DETERMINISTIC,
    open: () => open({ service: 'managed-hsm', options: { algorithm: 'A256KW' }, credentialOf: withSecret }),
  },
);
describeKeyProvider(
  { describe, it },
  {
    name: 'AzureKeyVaultKey that wraps locally',
    without: WRAPS_WITHOUT_REQUESTS,
    open: () => open({ options: { wrapLocally: true } }),
  },
);

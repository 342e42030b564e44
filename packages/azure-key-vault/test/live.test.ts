import { DefaultAzureCredential } from '@azure/identity';
import { describe, it } from '@jest/globals';
import { describeKeyProvider, withoutHooks } from '@waxseal/conformance';

import { AzureKeyVaultKey } from '../src';
import { DETERMINISTIC } from './support/conformance-cases';

const { WAXSEAL_LIVE_AZURE_KEY: keyId, WAXSEAL_LIVE_AZURE_OTHER_KEY: otherKeyId } = process.env;
const given = process.env['WAXSEAL_LIVE_AZURE_ALGORITHM'] ?? 'RSA-OAEP-256';

if (keyId === undefined || otherKeyId === undefined) {
  const reason =
    'set WAXSEAL_LIVE_AZURE_KEY and WAXSEAL_LIVE_AZURE_OTHER_KEY to the URLs of two keys, without a version';
  process.stderr.write(`Azure Key Vault itself is not tested: ${reason}.\n`);
  it.skip(`Azure Key Vault itself (not run: ${reason})`, () => undefined);
} else {
  const algorithm = given as 'RSA-OAEP-256' | 'A256KW';
  const hooks = withoutHooks('the keys of a subscription are not to be changed by a test');
  describeKeyProvider(
    { describe, it },
    {
      name: 'AzureKeyVaultKey on Azure',
      without: algorithm === 'A256KW' ? { ...hooks, ...DETERMINISTIC } : hooks,
      open: () => {
        const credential = new DefaultAzureCredential();
        const key = (url: string): AzureKeyVaultKey =>
          new AzureKeyVaultKey({ credential, keyId: url, algorithm });
        return {
          secrets: [],
          key: () => key(keyId),
          otherKey: () => key(otherKeyId),
          unknownKey: () => key(keyId.replace(/\/keys\/.*$/, '/keys/waxseal-no-such-key')),
          close: () => undefined,
        };
      },
    },
  );
}

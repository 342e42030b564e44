import { afterAll, beforeAll, beforeEach } from '@jest/globals';
import {
  startAzureKeyVaultDouble,
  type AzureKeyVaultDouble,
  type AzureKeyVaultDoubleKey,
} from '@waxseal/testing';

import { AzureKeyVaultKey, type AzureKeyVaultKeyOptions } from '../../src';

/** What a file of tests shares. */
export interface VaultUnderTest {
  readonly vault: AzureKeyVaultDouble;
  /** A key that no test changes. */
  readonly managed: AzureKeyVaultDoubleKey;
  /** A provider of `managed`, or of the `keyId` in the options. */
  readonly key: (options?: Partial<AzureKeyVaultKeyOptions>) => AzureKeyVaultKey;
}

/** Starts one double for the tests of a file; what a test scripted is forgotten before the next. */
export function vaultUnderTest(): () => VaultUnderTest {
  let started: VaultUnderTest | undefined;
  beforeAll(async () => {
    const vault = await startAzureKeyVaultDouble();
    const managed = await vault.createKey({ name: 'orders' });
    const { credential, clientOptions } = vault;
    started = {
      vault,
      managed,
      key: (options) => new AzureKeyVaultKey({ credential, clientOptions, keyId: managed.url, ...options }),
    };
  });
  beforeEach(() => {
    started?.vault.reset();
  });
  afterAll(async () => {
    await started?.vault.close();
  });
  return () => {
    if (started === undefined) throw new Error('The double is not started yet.');
    return started;
  };
}

import { randomBytes } from 'node:crypto';

import { describe, it } from '@jest/globals';
import { describeKeyProvider, type KeyProviderHarness } from '@waxseal/conformance';

import { LocalKey } from '../src';

const NO_SERVICE = 'a local key makes no requests';

function open(): KeyProviderHarness {
  const versions: Record<number, Uint8Array> = { 1: randomBytes(32) };
  let primaryVersion = 1;
  const other = randomBytes(32);
  return {
    get secrets() {
      return [other, ...Object.values(versions)].flatMap((bytes) =>
        (['hex', 'base64', 'latin1'] as const).map((encoding) => Buffer.from(bytes).toString(encoding)),
      );
    },
    key: () => new LocalKey({ id: 'orders', versions, primaryVersion }),
    otherKey: () => new LocalKey({ id: 'billing', versions: { 1: other }, primaryVersion: 1 }),
    rotate: () => {
      primaryVersion += 1;
      versions[primaryVersion] = randomBytes(32);
    },
    close: () => undefined,
  };
}

describeKeyProvider(
  { describe, it },
  {
    name: 'LocalKey',
    without: {
      disableKey: 'a local key cannot be disabled; remove its version',
      enableKey: 'a local key cannot be disabled; remove its version',
      deleteKey: 'a deleted key cannot be loaded, so there is no provider to ask',
      unknownKey: 'a local key that is not there cannot be constructed',
      deny: 'who has a local key may use it',
      grantOnly: 'who has a local key may use it',
      throttle: NO_SERVICE,
      disconnect: NO_SERVICE,
      delay: NO_SERVICE,
      cut: NO_SERVICE,
      requests: NO_SERVICE,
      checkPermissions: 'who has a local key may use it',
    },
    open,
  },
);

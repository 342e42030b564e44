import { join } from 'node:path';

import { describe, expect, it } from '@jest/globals';
import { temporaryDirectory } from '@waxseal/test-support/temporary-directory';

import { createLocalKeyringFile, LocalKey, localKeyUri } from '../src';

describe('LocalKey.fromUri', () => {
  it('reads what localKeyUri names', () => {
    const file = join(temporaryDirectory(), 'a b,c#d.json');
    createLocalKeyringFile(file, { id: 'orders/eu #1' });
    const uri = localKeyUri(file, 'orders/eu #1');
    expect(uri).not.toMatch(/[ ,]/);
    expect(LocalKey.fromUri(uri).id).toBe('orders/eu #1');
    expect(LocalKey.fromUri(new URL(uri.replace(/#.*/, ''))).id).toBe('orders/eu #1');
  });

  it.each([
    'local://host/etc/keyring.json',
    'local:keyring.json',
    'local:///etc/keyring.json?key=orders',
    'local:///etc/%zz',
    'local:///etc%2Fkeyring.json',
  ])('refuses %s and says how it is written', (uri) => {
    expect(() => LocalKey.fromUri(uri)).toThrow(expect.objectContaining({ code: 'WAXSEAL_CONFIGURATION' }));
    expect(() => LocalKey.fromUri(uri)).toThrow('URI');
  });
});

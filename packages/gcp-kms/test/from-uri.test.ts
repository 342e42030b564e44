import { describe, expect, it } from '@jest/globals';

import { GcpKmsKey } from '../src';
import { optionsFromUri } from '../src/from-uri';

const NAME = 'projects/p/locations/europe-west1/keyRings/r/cryptoKeys/orders';

describe('GcpKmsKey.fromUri', () => {
  it('makes the key, and asks nothing', () => {
    expect(GcpKmsKey.fromUri(`gcpkms://${NAME}`).id).toBe(NAME);
    expect(GcpKmsKey.fromUri(new URL(`gcpkms://${NAME}?endpoint=localhost:8443`)).id).toBe(NAME);
  });

  it.each([
    [`gcpkms://${NAME}`, 'cloudkms.googleapis.com', 443],
    [`gcpkms://${NAME}?endpoint=kms.example.com`, 'kms.example.com', 443],
    [`gcpkms://${NAME}?endpoint=kms.example.com:8443`, 'kms.example.com', 8443],
  ])('%s is asked at %s, port %i', (uri, host, port) => {
    const { client } = optionsFromUri(uri);
    expect(client).toMatchObject({ _opts: { servicePath: host, port } });
  });

  it.each([
    'gcpkms://orders',
    'gcpkms://projects/p?endpoint=http://x',
    'gcpkms://projects/p?region=x',
    `gcpkms://${NAME}#1`,
  ])('refuses %s and says how it is written', (uri) => {
    expect(() => GcpKmsKey.fromUri(uri)).toThrow(expect.objectContaining({ code: 'WAXSEAL_CONFIGURATION' }));
    expect(() => GcpKmsKey.fromUri(uri)).toThrow('must be gcpkms://projects/');
  });
});

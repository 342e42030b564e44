import { BlockList } from 'node:net';
import { describe, expect, it } from '@jest/globals';
import { createCodecServer } from '../src';
import { clientAddress, clientNetwork } from '../src/client-address';
import { MaskCodec } from './support/mask-codec';

const trusted = new BlockList();
trusted.addSubnet('10.0.0.0', 8, 'ipv4');
trusted.addAddress('fd00::1', 'ipv6');

describe('the address of a client', () => {
  it.each<[string, string | undefined, string | undefined, string | undefined]>([
    ['is the peer’s', '192.0.2.1', undefined, '192.0.2.1'],
    ['is the peer’s, whatever it says of others', '192.0.2.1', '203.0.113.9', '192.0.2.1'],
    ['is what a trusted proxy says', '10.0.0.7', '203.0.113.9', '203.0.113.9'],
    [
      'is what the last proxy says, not what a client wrote',
      '10.0.0.7',
      '1.1.1.1, 203.0.113.9',
      '203.0.113.9',
    ],
    ['is before all trusted proxies', '10.0.0.7', '203.0.113.9,10.1.1.1 , 10.2.2.2', '203.0.113.9'],
    ['is the outermost proxy where all are trusted', '10.0.0.7', '10.1.1.1', '10.1.1.1'],
    ['is the proxy’s where it says nothing', '10.0.0.7', undefined, '10.0.0.7'],
    ['is the proxy’s where it says no address', '10.0.0.7', 'unknown', '10.0.0.7'],
    ['has no port', '10.0.0.7', '203.0.113.9:4711', '203.0.113.9'],
    ['has no brackets', 'fd00::1', '[2001:db8::7]:4711', '2001:db8::7'],
    ['has no IPv6 form of an IPv4 address', '::ffff:10.0.0.7', '::ffff:203.0.113.9', '203.0.113.9'],
    ['is not known', undefined, '203.0.113.9', undefined],
  ])('%s', (_, peer, forwardedFor, expected) => {
    expect(clientAddress(peer, forwardedFor, trusted)).toBe(expected);
  });

  it('is found in a header of any length', () => {
    const hops = Array.from({ length: 100_000 }, () => '10.0.0.1').join(',');
    expect(clientAddress('10.0.0.7', hops, trusted)).toBe('10.0.0.1');
  });
});

describe('one client', () => {
  it.each([
    ['203.0.113.9', '203.0.113.9'],
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2'],
    ['2001:0DB8:1:2::1', '2001:db8:1:2'],
    ['2001:db8::1', '2001:db8:0:0'],
    ['::1', '0:0:0:0'],
    ['fe80::1%eth0', 'fe80:0:0:0'],
    [undefined, ''],
  ])('%s is %s', (address, expected) => {
    expect(clientNetwork(address)).toBe(expected);
  });
});

it.each([[['proxy.example.com']], [['10.0.0.0/33']], [['10.0.0.0/']], [[7]], ['10.0.0.7']])(
  'refuses trustedProxies %j',
  (trustedProxies) => {
    const options = { codec: new MaskCodec(), trustedProxies: trustedProxies as string[] };
    expect(() => createCodecServer(options)).toThrow(/^trustedProxies/);
  },
);

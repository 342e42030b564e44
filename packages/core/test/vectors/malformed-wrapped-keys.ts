import {
  type EnvelopeParts,
  type WrittenWrappedKey,
  bytes,
  writeEnvelope,
} from '@waxseal/test-support/vectors';

import type { InvalidCase } from './invalid-vector';
import type { Scenario } from './scenario';

function keys(
  name: string,
  description: string,
  change: (first: readonly WrittenWrappedKey[], scenario: Scenario) => Partial<EnvelopeParts>,
): InvalidCase {
  return {
    name,
    description,
    code: 'MALFORMED_ENVELOPE',
    change: (parts, scenario) => change(parts.wrappedKeys, scenario),
  };
}

/** A second wrapped key with this key ID; the first one is right and would open. */
function second(name: string, description: string, keyId: Uint8Array): InvalidCase {
  return keys(name, description, (first, { wrap }) => ({
    wrappedKeys: [...first, { keyId, bytes: wrap('break-glass').bytes }],
  }));
}

const latin1 = (text: string): Buffer => Buffer.from(text, 'latin1');

/** Wrapped keys that are not as docs/spec/envelope.md §§3.2 and 3.4 say. */
export const MALFORMED_WRAPPED_KEYS: readonly InvalidCase[] = [
  {
    name: 'wrapped-keys-none',
    description: 'No wrapped key: their number is 0.',
    code: 'MALFORMED_ENVELOPE',
    change: (parts) => {
      const { header } = writeEnvelope({ ...parts, wrappedKeys: [] });
      const label = bytes.text('waxseal/v1/envelope');
      return { wrappedKeys: [], aad: bytes.join(label, bytes.prefixed(bytes.text('orders/v1')), header) };
    },
  },
  keys('wrapped-keys-nine', 'Nine wrapped keys.', (first, { wrap }) => ({
    wrappedKeys: [...first, ...Array.from({ length: 8 }, (_, i) => wrap(`site-${String(i + 1)}`))],
  })),
  keys('wrapped-key-empty', 'The first wrapped key has 0 bytes.', (_, { wrap }) => ({
    wrappedKeys: [{ keyId: bytes.text('orders/v1'), bytes: Buffer.alloc(0) }, wrap('break-glass')],
  })),
  keys('wrapped-key-too-long', 'The first wrapped key has 4,097 bytes.', (_, { wrap, name }) => ({
    wrappedKeys: [
      { keyId: bytes.text('orders/v1'), bytes: bytes.fixed(`${name} long`, 4097) },
      wrap('break-glass'),
    ],
  })),
  keys('second-wrapped-key-empty', 'The second wrapped key has 0 bytes.', (first) => ({
    wrappedKeys: [...first, { keyId: bytes.text('break-glass'), bytes: Buffer.alloc(0) }],
  })),
  keys('second-wrapped-key-too-long', 'The second wrapped key has 4,097 bytes.', (first, { name }) => ({
    wrappedKeys: [...first, { keyId: bytes.text('break-glass'), bytes: bytes.fixed(`${name} long`, 4097) }],
  })),
  second('second-key-id-empty', 'The second key ID has 0 bytes.', bytes.text('')),
  second('second-key-id-too-long', 'The second key ID has 1,025 bytes.', bytes.text('k'.repeat(1025))),
  second('second-key-id-control', 'The second key ID holds U+001B.', bytes.text('break\u001b[31m')),
  second('second-key-id-c1-control', 'The second key ID holds U+009F.', bytes.text('break\u009fglass')),
  second('second-key-id-not-utf8', 'The second key ID holds the byte FF.', latin1('break\xff')),
  second(
    'second-key-id-overlong-utf8',
    'The second key ID holds "/" in two bytes (C0 AF).',
    latin1('break\xc0\xafglass'),
  ),
  second('primary-key-id-twice', 'The second wrapped key has the primary key ID.', bytes.text('orders/v1')),
  keys('other-key-id-twice', 'The second and the third wrapped key have one key ID.', (first, { wrap }) => ({
    wrappedKeys: [...first, wrap('break-glass'), wrap('break-glass')],
  })),
  {
    name: 'primary-key-id-third',
    description: 'The third key ID is the primary one; another stands between.',
    code: 'MALFORMED_ENVELOPE',
    change: ({ wrappedKeys }, { wrap }) => ({
      wrappedKeys: [...wrappedKeys, wrap('break-glass'), wrap('orders/v1')],
    }),
  },
];

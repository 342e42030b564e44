import { bytes } from '@waxseal/test-support/vectors';

import type { InvalidCase } from './invalid-vector';

const code = 'MALFORMED_ENVELOPE';
const RIGHT_ID = bytes.text('orders/v1');

/** The same key ID in the metadata and in the AAD, so that nothing but the ID itself is wrong. */
function keyId(name: string, description: string, id: Uint8Array): Omit<InvalidCase, 'readerKeyIds'> {
  return {
    name,
    description,
    code,
    change: ({ wrappedKeys }) => ({ wrappedKeys: wrappedKeys.map((wrapped) => ({ ...wrapped, keyId: id })) }),
  };
}

/** Defects of the outer payload's metadata (docs/spec/envelope.md §2). */
export const MALFORMED_METADATA: readonly InvalidCase[] = [
  {
    name: 'metadata-without-key-id',
    description: 'encryption-key-id is missing.',
    code,
    metadata: ({ encoding }) => ({ encoding: encoding ?? bytes.text('') }),
  },
  {
    name: 'metadata-with-another-entry',
    description: 'A third metadata entry.',
    code,
    metadata: (right) => ({ ...right, messageType: bytes.text('orders.v1.Order') }),
  },
  {
    name: 'metadata-with-an-empty-name',
    description: 'A third metadata entry, with an empty name and an empty value.',
    code,
    metadata: (right) => ({ ...right, '': bytes.text('') }),
  },
  keyId('metadata-key-id-empty', 'encryption-key-id has 0 bytes.', bytes.text('')),
  keyId('metadata-key-id-too-long', 'encryption-key-id has 1,025 bytes.', bytes.text('k'.repeat(1025))),
  keyId(
    'metadata-key-id-too-long-in-bytes',
    'encryption-key-id has 513 characters in 1,026 bytes.',
    bytes.text('é'.repeat(513)),
  ),
  keyId('metadata-key-id-c0-control', 'encryption-key-id holds U+000A.', bytes.text('orders\n/v1')),
  keyId('metadata-key-id-nul', 'encryption-key-id ends with U+0000.', bytes.text('orders/v1\0')),
  keyId('metadata-key-id-del', 'encryption-key-id holds U+007F.', bytes.text('orders\u007f/v1')),
  keyId('metadata-key-id-c1-control', 'encryption-key-id holds U+0085.', bytes.text('orders\u0085/v1')),
  keyId(
    'metadata-key-id-not-utf8',
    'encryption-key-id holds the byte FF.',
    Buffer.from('orders\xff', 'latin1'),
  ),
  keyId(
    'metadata-key-id-overlong-utf8',
    'encryption-key-id holds "/" in two bytes (C0 AF).',
    Buffer.from('orders\xc0\xafv1', 'latin1'),
  ),
  keyId(
    'metadata-key-id-surrogate',
    'encryption-key-id holds a surrogate, U+D800 (ED A0 80).',
    Buffer.from('orders\xed\xa0\x80', 'latin1'),
  ),
  {
    name: 'metadata-key-id-in-another-case',
    description: 'The key ID stands under the name "Encryption-Key-Id".',
    code,
    metadata: ({ encoding = RIGHT_ID }) => ({ encoding, 'Encryption-Key-Id': RIGHT_ID }),
  },
  {
    name: 'metadata-with-an-empty-entry',
    description: 'A third metadata entry, whose value is empty.',
    code,
    metadata: (right) => ({ ...right, messageType: bytes.text('') }),
  },
  {
    name: 'metadata-with-the-key-id-twice',
    description: 'A third metadata entry, whose name differs from "encryption-key-id" in case.',
    code,
    metadata: (right) => ({ ...right, 'Encryption-Key-Id': RIGHT_ID }),
  },
  {
    name: 'metadata-malformed-where-all-is-encrypted',
    description:
      'A version that is not known, where only envelopes are accepted: it is an envelope all the same.',
    code,
    damage: (envelope) => bytes.join(bytes.u8(9), envelope.subarray(1)),
    reader: { namespace: 'default', requireEncryption: true },
  },
  keyId('metadata-key-id-line-end', 'encryption-key-id ends with U+000A.', bytes.text('orders/v1\n')),
  keyId('metadata-key-id-last-c0-control', 'encryption-key-id holds U+001F.', bytes.text('orders\u001f/v1')),
];

import {
  type EnvelopeParts,
  bytes,
  localWrap,
  protobuf,
  writeContext,
  writeEnvelope,
} from '@waxseal/test-support/vectors';

import type { InvalidCase } from './invalid-vector';
import { SEARCHED_IN_VAIN, WRONG_TAG_AND_A_REFUSAL } from './search-cases';

const ORDERS = bytes.text('orders/v1');

/** A key service that refuses: the only wrapped key, changed. */
function refused(
  name: string,
  description: string,
  change: (wrapped: Uint8Array) => Uint8Array,
): InvalidCase {
  return {
    name,
    description,
    code: 'KEY_SERVICE',
    change: ({ wrappedKeys }) => ({
      wrappedKeys: wrappedKeys.map((wrapped) => ({ ...wrapped, bytes: change(wrapped.bytes) })),
    }),
  };
}

function damaged(
  name: string,
  description: string,
  damage: (envelope: Buffer, headerLength: number) => Uint8Array,
): InvalidCase {
  return { name, description, code: 'DECRYPTION_FAILED', damage };
}

function plaintext(name: string, description: string, value: Uint8Array): InvalidCase {
  return { name, description, code: 'DECRYPTION_FAILED', change: () => ({ plaintext: value }) };
}

/** A data key of another length, used for everything as if it were right. */
function dataKeyOf(length: number): InvalidCase {
  return {
    name: `data-key-of-${String(length)}-bytes`,
    description: `The key service gives ${String(length)} bytes, under which the envelope would open.`,
    code: 'DECRYPTION_FAILED',
    change: (_, { wrap, name }): Partial<EnvelopeParts> => {
      const dataKey = bytes.fixed(`${name} data key`, length);
      return { dataKey, wrappedKeys: [wrap('orders/v1', dataKey)] };
    },
  };
}

/** Two wrapped keys, of which the reader has the first. */
const TWO_KEYS: InvalidCase['change'] = ({ wrappedKeys }, { wrap }) => ({
  wrappedKeys: [...wrappedKeys, wrap('break-glass')],
});

const RIGHT_ENTRY = protobuf.metadataEntry('encoding', bytes.text('json/plain'));

/** Payloads whose defect shows once the data key is asked for (docs/spec/envelope.md §6, steps 4 to 6). */
export const REJECTED_AFTER_ASKING: readonly InvalidCase[] = [
  refused('wrapped-key-version', 'The local key’s own version byte is 2.', (wrapped) =>
    bytes.join(bytes.u8(2), wrapped.subarray(1)),
  ),
  refused('wrapped-key-nonce', 'One bit of the wrapped key’s nonce differs.', (wrapped) =>
    bytes.flip(wrapped, 1),
  ),
  refused('wrapped-key-ciphertext', 'One bit of the wrapped data key differs.', (wrapped) =>
    bytes.flip(wrapped, 13),
  ),
  refused('wrapped-key-tag', 'One bit of the wrapped key’s tag differs.', (wrapped) =>
    bytes.flip(wrapped, 60),
  ),
  refused('wrapped-key-short', 'The wrapped key lacks its last byte.', (wrapped) => wrapped.subarray(0, 60)),
  refused('wrapped-key-one-byte', 'The wrapped key is one byte.', (wrapped) => wrapped.subarray(0, 1)),
  {
    name: 'wrapped-for-another-key-id',
    description: 'Wrapped under the right local key, for the key ID "orders/v2".',
    code: 'KEY_SERVICE',
    change: ({ dataKey }, { localKey, name }) => ({
      wrappedKeys: [
        {
          keyId: ORDERS,
          bytes: localWrap(localKey('orders/v1'), 'orders/v2', bytes.fixed(`${name} nonce`, 12), dataKey),
        },
      ],
    }),
  },
  {
    name: 'wrapped-with-another-aad',
    description: 'Wrapped for another purpose: the AAD is "waxseal/v2/data-key".',
    code: 'KEY_SERVICE',
    change: ({ dataKey }, { localKey, name }) => ({
      wrappedKeys: [
        {
          keyId: ORDERS,
          bytes: localWrap(
            localKey('orders/v1'),
            'orders/v1',
            bytes.fixed(`${name} nonce`, 12),
            dataKey,
            bytes.text('waxseal/v2/data-key'),
          ),
        },
      ],
    }),
  },
  {
    name: 'key-id-of-another-key',
    description: 'encryption-key-id names another key that the reader has.',
    code: 'KEY_SERVICE',
    metadata: (right) => ({ ...right, 'encryption-key-id': bytes.text('break-glass') }),
  },
  dataKeyOf(16),
  dataKeyOf(31),
  dataKeyOf(33),
  dataKeyOf(64),
  {
    name: 'commitment-of-another-key',
    description:
      'The commitment belongs to another data key; ciphertext and tag are right for the header as it stands.',
    code: 'DECRYPTION_FAILED',
    change: (_, { name }) => ({ commitment: bytes.fixed(`${name} commitment`, 32) }),
  },
  {
    name: 'commitment-last-bit',
    description:
      'The last bit of the commitment differs; ciphertext and tag are right for the header as it stands.',
    code: 'DECRYPTION_FAILED',
    change: (parts) => ({ commitment: bytes.flip(writeEnvelope(parts).commitment, 31) }),
  },
  damaged('flipped-salt', 'One bit of the salt differs.', (envelope) => bytes.flip(envelope, 2)),
  damaged('flipped-commitment', 'One bit of the commitment differs.', (envelope) => bytes.flip(envelope, 34)),
  damaged('flipped-ciphertext', 'One bit of the ciphertext differs.', (envelope, header) =>
    bytes.flip(envelope, header),
  ),
  damaged('flipped-tag', 'The last bit of the tag differs.', (envelope) =>
    bytes.flip(envelope, envelope.length - 1),
  ),
  {
    ...damaged(
      'flipped-context-value',
      'One bit of a context value that nobody checks differs.',
      (envelope) => bytes.flip(envelope, 68 + 4 + 'tenant'.length),
    ),
    change: () => ({ context: writeContext([['tenant', 'acme']]) }),
  },
  {
    ...damaged(
      'flipped-context-key',
      'One bit of a context key differs; the key is still a right one.',
      (envelope) => bytes.flip(envelope, 68 + 2),
    ),
    change: () => ({ context: writeContext([['tenant', 'acme']]) }),
  },
  {
    ...damaged(
      'flipped-second-key-id',
      'One bit of the second key ID differs; the first key opens.',
      (envelope, header) => bytes.flip(envelope, header - 61 - 2 - 1),
    ),
    change: TWO_KEYS,
    readerKeyIds: ['orders/v1'],
  },
  {
    ...damaged(
      'flipped-second-wrapped-key',
      'One bit of the second wrapped key differs; the first key opens.',
      (envelope, header) => bytes.flip(envelope, header - 1),
    ),
    change: TWO_KEYS,
    readerKeyIds: ['orders/v1'],
  },
  {
    ...damaged(
      'wrapped-key-removed',
      'The second of two wrapped keys was taken out, and the number set to 1.',
      (envelope, header) => {
        const rest = bytes.join(envelope.subarray(0, header - 76), envelope.subarray(header));
        rest[88] = 1;
        return rest;
      },
    ),
    change: TWO_KEYS,
  },
  damaged('ciphertext-short', 'One byte of the ciphertext is missing.', (envelope, header) =>
    bytes.join(envelope.subarray(0, header), envelope.subarray(header + 1)),
  ),
  damaged('tag-cut', 'The last byte is missing: the tag is read one byte too early.', (envelope) =>
    envelope.subarray(0, -1),
  ),
  damaged('byte-after-tag', 'One byte after the tag.', (envelope) => bytes.join(envelope, bytes.u8(0))),
  {
    name: 'aad-of-another-key-id',
    description: 'Sealed for primary key ID "orders/v2", while wrapped key and metadata say "orders/v1".',
    code: 'DECRYPTION_FAILED',
    change: (parts) => ({
      aad: bytes.join(
        bytes.text('waxseal/v1/envelope'),
        bytes.prefixed(bytes.text('orders/v2')),
        writeEnvelope(parts).header,
      ),
    }),
  },
  {
    name: 'aad-without-key-id',
    description: 'Sealed without the primary key ID in the AAD.',
    code: 'DECRYPTION_FAILED',
    change: (parts) => ({ aad: bytes.join(bytes.text('waxseal/v1/envelope'), writeEnvelope(parts).header) }),
  },
  {
    name: 'aad-empty',
    description: 'Sealed without any AAD.',
    code: 'DECRYPTION_FAILED',
    change: () => ({ aad: Buffer.alloc(0) }),
  },
  plaintext('plaintext-cut-field', 'The plaintext ends inside a field.', RIGHT_ENTRY.subarray(0, -1)),
  plaintext('plaintext-cut-length', 'The plaintext ends inside a varint.', Buffer.of(0x0a, 0x80)),
  plaintext('plaintext-wire-type-7', 'The plaintext has a wire type that does not exist.', Buffer.of(0x07)),
  plaintext(
    'plaintext-trailing-byte',
    'A right payload and one byte more.',
    bytes.join(RIGHT_ENTRY, bytes.u8(0x12)),
  ),
  plaintext('plaintext-json', 'JSON text instead of protobuf.', bytes.text('{"orderId":"A-1001"}')),
  ...SEARCHED_IN_VAIN,
  plaintext('plaintext-wire-type-6', 'The other wire type that does not exist.', Buffer.of(0x2e)),
  plaintext('plaintext-group-open', 'A group that does not end.', bytes.join(RIGHT_ENTRY, Buffer.of(0x2b))),
  plaintext(
    'plaintext-group-of-another-number',
    'A group that ends with the number of another.',
    bytes.join(RIGHT_ENTRY, Buffer.of(0x2b, 0x34)),
  ),
  plaintext('plaintext-group-end-alone', 'The end of a group that did not begin.', Buffer.of(0x2c)),
  plaintext(
    'plaintext-entry-beyond-end',
    'A metadata entry whose name is longer than the entry, though not than the plaintext.',
    bytes.join(Buffer.of(0x0a, 0x03, 0x0a, 0x08), bytes.text('encoding')),
  ),
  plaintext(
    'plaintext-fixed-width-cut',
    'A field of 64 bits of which seven bytes are there.',
    bytes.join(RIGHT_ENTRY, Buffer.of(0x39), Buffer.alloc(7)),
  ),
  plaintext(
    'plaintext-last-wire-type-6',
    'A right entry, and a tag of wire type 6.',
    bytes.join(RIGHT_ENTRY, Buffer.of(0x2e)),
  ),
  plaintext(
    'plaintext-last-wire-type-7',
    'A right entry, and a tag of wire type 7.',
    bytes.join(RIGHT_ENTRY, Buffer.of(0x2f)),
  ),
  ...WRONG_TAG_AND_A_REFUSAL,
  {
    name: 'data-key-and-one-byte-more',
    description:
      'The key service gives the data key and one byte more; the envelope is sealed under the first 32.',
    code: 'DECRYPTION_FAILED',
    change: ({ dataKey }, { wrap }) => ({
      wrappedKeys: [wrap('orders/v1', bytes.join(dataKey, bytes.u8(0)))],
    }),
  },
  {
    name: 'commitment-first-bit',
    description:
      'The first bit of the commitment differs; ciphertext and tag are right for the header as it stands.',
    code: 'DECRYPTION_FAILED',
    change: (parts) => ({ commitment: bytes.flip(writeEnvelope(parts).commitment, 0, 7) }),
  },
];

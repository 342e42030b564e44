import { type VectorReader, bytes, writeContext } from '@waxseal/test-support/vectors';

import type { InvalidCase } from './invalid-vector';

function mismatch(
  name: string,
  description: string,
  recorded: Readonly<Record<string, string>>,
  reader: VectorReader,
): InvalidCase {
  return {
    name,
    description,
    code: 'CONTEXT_MISMATCH',
    change: () => ({ context: writeContext(Object.entries(recorded)) }),
    reader,
  };
}

function unencrypted(
  name: string,
  description: string,
  encoding: string | undefined,
  data = '"in clear"',
  others: Readonly<Record<string, Uint8Array>> = {},
): InvalidCase {
  return {
    name,
    description,
    code: 'UNENCRYPTED_PAYLOAD',
    metadata: () => ({ ...(encoding === undefined ? {} : { encoding: bytes.text(encoding) }), ...others }),
    damage: () => bytes.text(data),
    reader: { namespace: 'default', requireEncryption: true },
  };
}

const REDACTED = 'binary/waxseal-redacted';

const nightly = (workflowId: string): VectorReader => ({ namespace: 'default', workflowId });
const recorded = (workflowId: string): Readonly<Record<string, string>> => ({
  namespace: 'default',
  'workflow-id': workflowId,
});

/**
 * Well-formed payloads that a reader rejects without asking a key service (docs/spec/envelope.md §§2, 6, 7).
 */
export const REJECTED_BEFORE_ASKING: readonly InvalidCase[] = [
  mismatch(
    'mismatch-namespace',
    'Sealed for another namespace.',
    { namespace: 'billing' },
    { namespace: 'default' },
  ),
  mismatch(
    'mismatch-namespace-case',
    'Namespaces that differ in case.',
    { namespace: 'Default' },
    { namespace: 'default' },
  ),
  mismatch(
    'mismatch-namespace-normalisation',
    'Namespaces that differ in Unicode normalisation only: U+00E9 and U+0065 U+0301.',
    { namespace: 'commandé' },
    { namespace: 'commande\u0301' },
  ),
  mismatch(
    'mismatch-alias-of-another-namespace',
    'The recorded namespace is a former name of a namespace that is not the reader’s.',
    { namespace: 'orders' },
    { namespace: 'billing', namespaceAliases: { 'orders-eu': ['orders'] } },
  ),
  mismatch(
    'mismatch-alias-reversed',
    'The reader knows its namespace by its former name; aliases hold in one direction.',
    { namespace: 'orders-eu' },
    { namespace: 'orders', namespaceAliases: { 'orders-eu': ['orders'] } },
  ),
  mismatch(
    'mismatch-workflow',
    'Sealed for another workflow.',
    recorded('order-1001'),
    nightly('order-1002'),
  ),
  mismatch(
    'mismatch-workflow-among-others',
    'Sealed for another workflow, with a context key that nobody checks.',
    { ...recorded('order-1001'), x: 'y' },
    nightly('order-1002'),
  ),
  mismatch(
    'mismatch-suffix-alone',
    'A suffix that is removed, from a workflow ID that differs.',
    recorded('nightly'),
    nightly('weekly-2026-01-05T09:00:00Z'),
  ),
  mismatch(
    'mismatch-suffix-without-z',
    'A suffix that is not one: the Z is missing.',
    recorded('nightly'),
    nightly('nightly-2026-01-05T09:00:00'),
  ),
  mismatch(
    'mismatch-suffix-with-fraction',
    'A suffix that is not one: fractions of a second.',
    recorded('nightly'),
    nightly('nightly-2026-01-05T09:00:00.5Z'),
  ),
  mismatch(
    'mismatch-suffix-twice',
    'Two suffixes: only one is removed.',
    recorded('nightly'),
    nightly('nightly-2026-01-05T09:00:00Z-2026-01-05T09:00:00Z'),
  ),
  mismatch(
    'mismatch-suffix-inside',
    'A suffix that does not stand at the end.',
    recorded('nightly'),
    nightly('nightly-2026-01-05T09:00:00Z-1'),
  ),
  {
    name: 'unknown-key',
    description: 'The reader does not have the key.',
    code: 'UNKNOWN_KEY',
    readerKeyIds: ['break-glass'],
  },
  {
    name: 'unknown-version-of-a-key',
    description: 'The reader has another version of the key.',
    code: 'UNKNOWN_KEY',
    readerKeyIds: ['orders/v2', 'orders'],
  },
  {
    name: 'unknown-keys-all',
    description: 'Three wrapped keys, none of which the reader has.',
    code: 'UNKNOWN_KEY',
    change: ({ wrappedKeys }, { wrap }) => ({
      wrappedKeys: [...wrappedKeys, wrap('site-1'), wrap('site-2')],
    }),
    readerKeyIds: ['break-glass'],
  },
  unencrypted('plaintext-json', 'json/plain, where only envelopes are accepted.', 'json/plain'),
  unencrypted(
    'plaintext-without-encoding',
    'No metadata at all, where only envelopes are accepted.',
    undefined,
  ),
  unencrypted(
    'plaintext-other-cipher',
    'binary/encrypted, where only envelopes are accepted.',
    'binary/encrypted',
  ),
  unencrypted(
    'plaintext-almost-envelope',
    '"binary/envelope2", where only envelopes are accepted.',
    'binary/envelope2',
  ),
  unencrypted(
    'plaintext-as-redacted',
    'The encoding of a redacted failure around other data (§2.1).',
    REDACTED,
  ),
  mismatch(
    'mismatch-suffix-line-end',
    'A suffix that is not one: a line feed stands after it.',
    recorded('nightly'),
    nightly('nightly-2026-01-05T09:00:00Z\n'),
  ),
  mismatch(
    'mismatch-suffix-lower-case',
    'A suffix that is not one: "t" and "z".',
    recorded('nightly'),
    nightly('nightly-2026-01-05t09:00:00z'),
  ),
  mismatch(
    'mismatch-suffix-other-digits',
    'A suffix that is not one: its digits are Arabic-Indic (U+0660 and on).',
    recorded('nightly'),
    nightly('nightly-٢٠٢٦-٠١-٠٥T٠٩:٠٠:٠٠Z'),
  ),
  mismatch(
    'mismatch-suffix-with-space',
    'A suffix that is not one: a space in the place of the T.',
    recorded('nightly'),
    nightly('nightly-2026-01-05 09:00:00Z'),
  ),
  mismatch(
    'mismatch-suffix-without-hyphen',
    'A suffix that is not one: no hyphen before it.',
    recorded('nightly'),
    nightly('nightly2026-01-05T09:00:00Z'),
  ),
  mismatch(
    'mismatch-suffix-five-digit-year',
    'A suffix that is not one: a digit stands in the place of the hyphen before it.',
    recorded('nightly'),
    nightly('nightly12026-01-05T09:00:00Z'),
  ),
  mismatch(
    'mismatch-suffix-of-the-namespace',
    'A suffix is removed from workflow IDs only.',
    { namespace: 'default' },
    { namespace: 'default-2026-01-05T09:00:00Z' },
  ),
  mismatch(
    'mismatch-alias-of-an-alias',
    'A former name of a former name.',
    { namespace: 'a' },
    { namespace: 'c', namespaceAliases: { c: ['b'], b: ['a'] } },
  ),
  mismatch(
    'mismatch-alias-case',
    'A former name that differs in case.',
    { namespace: 'Orders' },
    { namespace: 'orders-eu', namespaceAliases: { 'orders-eu': ['orders'] } },
  ),
  mismatch(
    'mismatch-empty-recorded',
    'An empty namespace is recorded, and the reader knows one.',
    { namespace: '' },
    { namespace: 'default' },
  ),
  mismatch(
    'mismatch-empty-workflow-recorded',
    'An empty workflow ID is recorded, and the reader knows one.',
    recorded(''),
    nightly('nightly'),
  ),
  mismatch(
    'mismatch-space-last',
    'Namespaces that differ in a space at the end.',
    { namespace: 'default ' },
    { namespace: 'default' },
  ),
  mismatch(
    'mismatch-byte-order-mark',
    'Namespaces that differ in a U+FEFF at the beginning.',
    { namespace: '\ufeffdefault' },
    { namespace: 'default' },
  ),
  mismatch(
    'mismatch-nul-last',
    'Workflow IDs that differ in a NUL at the end.',
    recorded('order-1001\0'),
    nightly('order-1001'),
  ),
  mismatch(
    'mismatch-workflow-normalisation',
    'Workflow IDs that differ in Unicode normalisation only.',
    recorded('commandé'),
    nightly('commande\u0301'),
  ),
  mismatch(
    'mismatch-workflow-prefix',
    'The recorded workflow ID is the beginning of the reader’s.',
    recorded('order-100'),
    nightly('order-1001'),
  ),
  unencrypted(
    'plaintext-envelope-in-capitals',
    '"Binary/Envelope", where only envelopes are accepted.',
    'Binary/Envelope',
  ),
  unencrypted('plaintext-envelope-and-space', '"binary/envelope ", with a space.', 'binary/envelope '),
  unencrypted('plaintext-envelope-and-nul', '"binary/envelope" with a NUL after it.', 'binary/envelope\0'),
  unencrypted('plaintext-empty-encoding', 'An empty encoding.', ''),
  unencrypted(
    'redacted-in-capitals',
    'Almost a redacted failure: its encoding in another case.',
    'Binary/Waxseal-Redacted',
    'attributes',
  ),
  unencrypted(
    'redacted-with-another-entry',
    'Almost a redacted failure: another metadata entry.',
    REDACTED,
    'attributes',
    { messageType: bytes.text('') },
  ),
  unencrypted('redacted-data-in-capitals', 'Almost a redacted failure: "Details".', REDACTED, 'Details'),
  unencrypted('redacted-data-empty', 'Almost a redacted failure: no data.', REDACTED, ''),
  unencrypted('redacted-data-cut', 'Almost a redacted failure: "detail".', REDACTED, 'detail'),
  unencrypted(
    'redacted-data-longer',
    'Almost a redacted failure: "attributes" and a line feed.',
    REDACTED,
    'attributes\n',
  ),
  unencrypted(
    'redacted-data-and-nul',
    'Almost a redacted failure: "details" and a NUL.',
    REDACTED,
    'details\0',
  ),
  unencrypted(
    'redacted-data-with-more-before',
    'Almost a redacted failure: "my-details".',
    REDACTED,
    'my-details',
  ),
  unencrypted(
    'redacted-under-another-name',
    'Almost a redacted failure: its encoding stands under the name "Encoding".',
    undefined,
    'details',
    { Encoding: bytes.text(REDACTED) },
  ),
  {
    name: 'unknown-key-in-another-case',
    description: 'The reader has a key whose ID differs in case.',
    code: 'UNKNOWN_KEY',
    change: (_, { wrap }) => ({ wrappedKeys: [wrap('Orders/v1')] }),
    readerKeyIds: ['orders/v1'],
  },
  {
    name: 'unknown-key-space-first',
    description: 'The reader has a key whose ID lacks the space at the beginning.',
    code: 'UNKNOWN_KEY',
    change: (_, { wrap }) => ({ wrappedKeys: [wrap(' orders/v1')] }),
    readerKeyIds: ['orders/v1'],
  },
  mismatch(
    'mismatch-workflow-alone',
    'The reader knows its workflow and not its namespace.',
    recorded('order-1001'),
    { workflowId: 'order-1002' },
  ),
  mismatch(
    'mismatch-after-nul',
    'Namespaces that differ after a NUL.',
    { namespace: 'default\0x' },
    { namespace: 'default' },
  ),
  mismatch(
    'mismatch-alias-of-a-name-in-another-case',
    'Former names of a namespace that differs from the reader’s in case.',
    { namespace: 'orders' },
    { namespace: 'default', namespaceAliases: { Default: ['orders'] } },
  ),
  mismatch(
    'mismatch-alias-normalisation',
    'A former name that differs in Unicode normalisation only.',
    { namespace: 'commandé' },
    { namespace: 'default', namespaceAliases: { default: ['commande\u0301'] } },
  ),
  mismatch(
    'mismatch-alias-prefix',
    'The recorded namespace is the beginning of a former name.',
    { namespace: 'ord' },
    { namespace: 'default', namespaceAliases: { default: ['orders'] } },
  ),
  mismatch(
    'mismatch-suffix-before-line-end',
    'A line feed at the end of both, and before that of the reader what would be a suffix.',
    recorded('nightly\n'),
    nightly('nightly-2026-01-05T09:00:00Z\n'),
  ),
  mismatch(
    'mismatch-suffix-with-offset',
    'A suffix that is not one: "+00:00" in the place of the Z.',
    recorded('nightly'),
    nightly('nightly-2026-01-05T09:00:00+00:00'),
  ),
  mismatch(
    'mismatch-suffix-long-year',
    'A suffix that is not one: a year of five digits.',
    recorded('nightly'),
    nightly('nightly-12026-01-05T09:00:00Z'),
  ),
  mismatch(
    'mismatch-suffix-short-month',
    'A suffix that is not one: a month of one digit.',
    recorded('nightly'),
    nightly('nightly-2026-1-05T09:00:00Z'),
  ),
  mismatch(
    'mismatch-workflow-case',
    'Workflow IDs that differ in case.',
    recorded('Order-1001'),
    nightly('order-1001'),
  ),
  mismatch(
    'mismatch-workflow-space-last',
    'Workflow IDs that differ in a space at the end.',
    recorded('order-1001 '),
    nightly('order-1001'),
  ),
  {
    ...mismatch(
      'mismatch-before-unknown-key',
      'Sealed for another namespace, under a key that the reader does not have.',
      { namespace: 'billing' },
      { namespace: 'default' },
    ),
    readerKeyIds: ['break-glass'],
  },
  {
    name: 'malformed-before-unknown-key',
    description: 'A header that is cut, under a key that the reader does not have.',
    code: 'MALFORMED_ENVELOPE',
    damage: (envelope) => envelope.subarray(0, 80),
    readerKeyIds: ['break-glass'],
  },
];

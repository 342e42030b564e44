import { bytes } from '@waxseal/test-support/vectors';

import { payloadOf } from './payload-of';
import { JSON_PLAINTEXT } from './scenario';
import type { ValidCase } from './valid-vector';

const ORDER = payloadOf([['encoding', 'json/plain']], '{"orderId":"A-1001"}');
const order = { inner: ORDER.inner, plaintext: JSON_PLAINTEXT };

/** Well-formed text that libraries have cut, dropped or refused. */
const ODD_TEXT = '\ufeffa\0b\u0001\u007f\u0085\u2028\ufdd0\ufffe\uffff\u{10ffff}\n';

/** Texts, contexts and workflow IDs that are valid, and look as if they were not (§§3.2, 3.3, 7). */
export const TEXT_CASES: readonly ValidCase[] = [
  {
    name: '31-context-unsorted-at-the-writer',
    description: 'A writer is given the entries in another order. The header has them in order.',
    ...order,
    context: [
      ['a', '1'],
      ['a-', '2'],
      ['a0', '3'],
      ['aa', '4'],
      ['namespace', 'default'],
      ['workflow-id', 'order-1001'],
    ],
    writerContext: [
      ['workflow-id', 'order-1001'],
      ['aa', '4'],
      ['a', '1'],
      ['namespace', 'default'],
      ['a0', '3'],
      ['a-', '2'],
    ],
  },
  {
    name: '32-context-keys-with-hyphens',
    description: 'Context keys that end in a hyphen, or have several.',
    ...order,
    context: [
      ['a-', '1'],
      ['a--b', '2'],
      ['tenant-', '3'],
    ],
  },
  {
    name: '33-context-keys-almost-critical',
    description: 'Context keys that begin with "must" and not with "must-", and the reserved "payload-kind".',
    ...order,
    context: [
      ['must', '1'],
      ['mustard-x', '2'],
      ['payload-kind', 'input'],
      ['x-must-y', '3'],
    ],
  },
  {
    name: '34-odd-text-in-context',
    description:
      'A namespace, a workflow ID and another value with U+FEFF first, NUL, controls, noncharacters, and a line end last.',
    ...order,
    context: [
      ['namespace', ODD_TEXT],
      ['tenant', ODD_TEXT],
      ['workflow-id', ODD_TEXT],
    ],
    reader: { namespace: ODD_TEXT, workflowId: ODD_TEXT },
  },
  {
    name: '35-odd-text-in-key-ids',
    description: 'Key IDs with U+FEFF first, and with U+2028 and noncharacters.',
    ...order,
    keyIds: ['\ufefforders\ufffe\uffff/v1', '\u2028\ufdd0\u{10ffff}'],
  },
  {
    name: '36-odd-text-in-metadata',
    description:
      'Metadata names with U+FEFF first, NUL, controls, noncharacters and spaces: all of them others than "encoding".',
    ...payloadOf(
      [
        [ODD_TEXT, 'odd'],
        ['\ufeffencoding', 'U+FEFF first'],
        ['encoding\0', 'NUL last'],
        [' encoding', 'a space first'],
        ['Encoding', 'another case'],
        ['encoding', 'json/plain'],
      ],
      '1',
    ),
  },
  {
    name: '37-suffix-of-no-calendar',
    description: 'The suffix of a scheduled run whose date no calendar has: digits are all that counts.',
    ...order,
    context: [
      ['namespace', 'default'],
      ['workflow-id', 'nightly'],
    ],
    reader: { namespace: 'default', workflowId: 'nightly-0000-99-99T99:99:99Z' },
  },
  {
    name: '38-suffix-on-both-sides-of-another',
    description: 'Two suffixes, of which the last is another at the reader.',
    ...order,
    context: [
      ['namespace', 'default'],
      ['workflow-id', 'nightly-2026-01-05T09:00:00Z-2026-01-06T09:00:00Z'],
    ],
    reader: { namespace: 'default', workflowId: 'nightly-2026-01-05T09:00:00Z-2026-01-07T09:00:00Z' },
  },
  {
    name: '39-reader-with-empty-names',
    description: 'A reader that is given empty texts knows neither its namespace nor its workflow.',
    ...order,
    context: [
      ['namespace', 'orders'],
      ['workflow-id', 'order-1001'],
    ],
    reader: { namespace: '', workflowId: '' },
  },
  {
    name: '40-empty-values-recorded',
    description: 'Empty values, which no encoder writes, where the reader knows nothing to compare.',
    ...order,
    context: [
      ['namespace', ''],
      ['workflow-id', ''],
    ],
    reader: {},
  },
  {
    name: '41-alias-of-odd-text',
    description: 'A former name that is special in some language.',
    ...order,
    context: [['namespace', '__proto__']],
    reader: { namespace: 'constructor', namespaceAliases: { constructor: ['toString', '__proto__'] } },
  },
  {
    name: '42-data-that-looks-like-an-envelope',
    description: 'Data that begins like an envelope: what is in a payload is not looked at.',
    ...payloadOf([['encoding', 'binary/plain']], bytes.join(bytes.u8(1), bytes.u8(1), bytes.sequence(0, 64))),
  },
  {
    name: '63-envelope-where-all-is-encrypted',
    description: 'Where only envelopes are accepted: what is in one need not be encrypted again.',
    ...order,
    reader: { namespace: 'default', requireEncryption: true },
  },
  {
    name: '64-key-ids-that-differ-in-case',
    description: 'Two key IDs that differ in case only.',
    ...order,
    keyIds: ['Orders/v1', 'orders/v1'],
  },
  {
    name: '65-key-ids-that-differ-in-normalisation',
    description: 'Two key IDs that differ in Unicode normalisation only.',
    ...order,
    keyIds: ['clé', 'cle\u0301'],
  },
  {
    name: '66-key-id-next-to-the-controls',
    description: 'A key ID with U+0020, U+007E and U+00A0, which are no controls.',
    ...order,
    keyIds: [' a~\u00a0'],
  },
  {
    name: '67-lone-surrogates-at-the-reader',
    description:
      'A reader’s namespace, former name and workflow ID have lone surrogates: each stands for U+FFFD.',
    ...order,
    context: [
      ['namespace', 'a\ufffd\ufffdb'],
      ['workflow-id', '\ufffd'],
    ],
    reader: {
      namespace: '\udfffx',
      workflowId: '\ud800',
      namespaceAliases: { '\ufffdx': ['y', 'a\udc00\udc01b'] },
    },
  },
  {
    name: '68-lone-surrogates-in-the-namespace',
    description:
      'A reader’s namespace ends in the first half of a pair, and begins with the second half of one.',
    ...order,
    context: [['namespace', '\ufffdorders\ufffd']],
    reader: { namespace: '\udc00orders\ud83d' },
  },
  {
    name: '69-lone-surrogates-in-a-current-name',
    description: 'The current name among the aliases has a lone surrogate.',
    ...order,
    context: [['namespace', 'orders']],
    reader: { namespace: 'x\ud800', namespaceAliases: { 'x\udbff': ['orders'] } },
  },
  {
    name: '70-lone-surrogates-at-the-writer',
    description: 'A writer is given texts with lone surrogates: each is written as U+FFFD.',
    ...order,
    context: [
      ['namespace', 'a\ufffd\ufffdb'],
      ['workflow-id', '\ufffd'],
    ],
    writerContext: [
      ['namespace', 'a\udc00\udc01b'],
      ['workflow-id', '\ud800'],
    ],
    reader: { namespace: 'a\ufffd\ufffdb', workflowId: '\ufffd' },
  },
  {
    name: '71-own-name-beside-aliases',
    description: 'A namespace that has former names, and is recorded by its own.',
    ...order,
    reader: { namespace: 'default', namespaceAliases: { default: ['old'] } },
  },
  {
    name: '72-first-of-two-aliases',
    description: 'The first of two former names is recorded.',
    ...order,
    context: [['namespace', 'older']],
    reader: { namespace: 'default', namespaceAliases: { default: ['older', 'old'] } },
  },
  {
    name: '73-suffix-alone',
    description: 'Workflow IDs that are nothing but a suffix, of two runs.',
    ...order,
    context: [
      ['namespace', 'default'],
      ['workflow-id', '-2026-01-05T09:00:00Z'],
    ],
    reader: { namespace: 'default', workflowId: '-2026-01-06T09:00:00Z' },
  },
  {
    name: '74-suffix-of-nothing',
    description: 'An empty workflow ID is recorded, and the reader’s is nothing but a suffix.',
    ...order,
    context: [['workflow-id', '']],
    reader: { namespace: 'default', workflowId: '-2026-01-05T09:00:00Z' },
  },
];

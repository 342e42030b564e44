import { bytes } from './bytes';
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
];

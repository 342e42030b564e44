import { type WrittenEntry, bytes, writeContext } from '@waxseal/test-support/vectors';

import type { InvalidCase } from './invalid-vector';

function raw(name: string, description: string, context: Uint8Array): InvalidCase {
  return { name, description, code: 'MALFORMED_ENVELOPE', change: () => ({ context }) };
}

function entries(name: string, description: string, context: readonly WrittenEntry[]): InvalidCase {
  return raw(name, description, writeContext(context));
}

const latin1 = (text: string): Buffer => Buffer.from(text, 'latin1');
const NAMESPACE = writeContext([['namespace', 'default']]);

/** Four entries and what is missing to `length` bytes in a fifth, all within their own limits. */
function ofLength(length: number): Uint8Array {
  const first = writeContext(['a', 'b', 'c'].map((key) => [key, 'v'.repeat(1024)] as const));
  return bytes.join(first, writeContext([['d', 'v'.repeat(length - first.length - 5)]]));
}

/** Encryption contexts that are not as docs/spec/envelope.md §§3.2–3.3 say. */
export const MALFORMED_CONTEXTS: readonly InvalidCase[] = [
  raw('context-too-long', 'A context of 4,097 bytes.', ofLength(4097)),
  entries(
    'context-17-entries',
    '17 entries.',
    Array.from({ length: 17 }, (_, i) => [`k${String(i + 10)}`, ''] as const),
  ),
  entries('context-key-empty', 'A key of 0 bytes.', [['', 'x']]),
  entries('context-key-too-long', 'A key of 65 bytes.', [['k'.repeat(65), 'x']]),
  entries('context-value-too-long', 'A value of 1,025 bytes.', [['namespace', 'v'.repeat(1025)]]),
  entries('context-key-upper-case', 'The key "Tenant".', [['Tenant', 'x']]),
  entries('context-key-first-digit', 'The key "0-tenant".', [['0-tenant', 'x']]),
  entries('context-key-first-hyphen', 'The key "-tenant".', [['-tenant', 'x']]),
  entries('context-key-underscore', 'The key "tenant_id".', [['tenant_id', 'x']]),
  entries('context-key-not-ascii', 'The key "clé".', [['clé', 'x']]),
  entries('context-key-line-end', 'The key "tenant" with a line feed after it.', [['tenant\n', 'x']]),
  entries('context-descending', '"workflow-id" before "namespace".', [
    ['workflow-id', 'order-1001'],
    ['namespace', 'default'],
  ]),
  entries('context-prefix-last', '"namespace-2" before "namespace", which is a prefix of it.', [
    ['namespace-2', 'x'],
    ['namespace', 'default'],
  ]),
  entries('context-key-twice', '"namespace" twice.', [
    ['namespace', 'default'],
    ['namespace', 'default'],
  ]),
  entries('context-value-not-utf8', 'A value with the byte FF.', [['tenant', latin1('acme\xff')]]),
  entries('context-value-overlong-utf8', 'A value with "/" in two bytes (C0 AF).', [
    ['tenant', latin1('a\xc0\xafb')],
  ]),
  entries('context-value-surrogate', 'A value with U+D800 (ED A0 80).', [
    ['tenant', latin1('a\xed\xa0\x80')],
  ]),
  entries('context-value-cut-utf8', 'A value that ends inside a character (E2 82).', [
    ['tenant', latin1('a\xe2\x82')],
  ]),
  raw('context-crossed-by-key-length', 'One byte after the last entry.', bytes.join(NAMESPACE, bytes.u8(0))),
  raw(
    'context-crossed-by-key',
    'A last key that ends after the context.',
    bytes.join(NAMESPACE, bytes.u16(6), bytes.text('tenan')),
  ),
  raw(
    'context-crossed-by-no-value',
    'A last key without a value.',
    bytes.join(NAMESPACE, bytes.prefixed(bytes.text('tenant'))),
  ),
  raw(
    'context-crossed-by-value-length',
    'A last value with one byte of its length.',
    bytes.join(NAMESPACE, bytes.prefixed(bytes.text('tenant')), bytes.u8(0)),
  ),
  raw(
    'context-crossed-by-value',
    'A last value that ends after the context.',
    bytes.join(NAMESPACE, bytes.prefixed(bytes.text('tenant')), bytes.u16(4), bytes.text('acm')),
  ),
  entries('context-critical', 'A key that begins with "must-", which the reader does not know.', [
    ['must-tenant', 'acme'],
    ['namespace', 'default'],
  ]),
  entries('context-critical-alone', 'The key "must-", with an empty value.', [['must-', '']]),
  entries('context-key-point', 'The key "tenant.id".', [['tenant.id', 'x']]),
];

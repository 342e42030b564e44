import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { describe, expect, it } from '@jest/globals';
import { defaultPayloadConverter } from '@temporalio/common';
import { jsonPayload } from '@waxseal/test-support';

import {
  readableRedaction,
  REDACTED_TEXT,
  redactedPartOf,
  redactedPayload,
} from '../src/codec/failure-payload';

const SPEC = readFileSync(join(__dirname, '../../../docs/spec/envelope.md'), 'utf8');
const PARTS = ['attributes', 'details'] as const;

describe('a redacted part of a failure', () => {
  it.each([
    ['attributes', '| message and stack |'],
    ['details', '| a detail |'],
  ] as const)('stands in the specification to the byte: %s', (part, row) => {
    const { metadata, data } = redactedPayload(part);
    expect(SPEC).toContain(`\`encoding\` = \`${Buffer.from(metadata?.['encoding'] ?? []).toString()}\``);
    expect(SPEC).toContain(`${row} \`${Buffer.from(data ?? []).toString()}\` |`);
  });

  it('is told from everything else', () => {
    const redacted = redactedPayload('details');
    expect(PARTS.map((part) => redactedPartOf(redactedPayload(part)))).toEqual(PARTS);
    const others = [
      { ...redacted, data: Buffer.from('detail') },
      { ...redacted, data: Buffer.from('details ') },
      { ...redacted, data: new Uint8Array(100_000) },
      { ...redacted, metadata: { ...redacted.metadata, extra: new Uint8Array() } },
      { ...redacted, metadata: { encoding: Buffer.from('binary/plain') } },
      { ...redacted, metadata: null },
      {},
      jsonPayload(REDACTED_TEXT),
    ];
    for (const other of others) {
      expect(redactedPartOf(other)).toBeUndefined();
      expect(readableRedaction(other)).toBe(other);
    }
  });

  it("is nothing that the SDK's payload converter takes for data, but can be shown to a person", () => {
    for (const part of PARTS) {
      const redacted = redactedPayload(part);
      expect(() => defaultPayloadConverter.fromPayload(redacted)).toThrow(/encoding/i);
      const shown: unknown = defaultPayloadConverter.fromPayload(readableRedaction(redacted));
      expect(shown).toEqual(part === 'details' ? REDACTED_TEXT : { message: REDACTED_TEXT, stack_trace: '' });
    }
  });

  it('is in a fresh buffer each time', () => {
    expect(redactedPayload('details').data?.buffer).not.toBe(redactedPayload('details').data?.buffer);
  });
});

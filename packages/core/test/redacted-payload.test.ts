import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { describe, expect, it } from '@jest/globals';

import { isRedactedPayload, redactedPayload } from '../src/codec/redacted-payload';

const SPEC = readFileSync(join(__dirname, '../../../docs/spec/envelope.md'), 'utf8');

describe('a redacted part of a failure', () => {
  it.each([
    ['attributes', '| message and stack |'],
    ['details', '| a detail |'],
  ] as const)('stands in the specification to the byte: %s', (part, row) => {
    const { metadata, data } = redactedPayload(part);
    expect(Buffer.from(metadata?.['encoding'] ?? []).toString()).toBe('json/plain');
    expect(SPEC).toContain(`${row} \`${Buffer.from(data ?? []).toString()}\` |`);
  });

  it('is told from everything else', () => {
    const redacted = redactedPayload('details');
    expect(isRedactedPayload(redacted)).toBe(true);
    expect(isRedactedPayload({ ...redacted, data: Buffer.from('"4111"') })).toBe(false);
    expect(
      isRedactedPayload({ ...redacted, metadata: { ...redacted.metadata, extra: new Uint8Array() } }),
    ).toBe(false);
    expect(isRedactedPayload({ ...redacted, metadata: { encoding: Buffer.from('binary/plain') } })).toBe(
      false,
    );
    expect(isRedactedPayload({})).toBe(false);
  });

  it('is in a fresh buffer each time', () => {
    expect(redactedPayload('details').data?.buffer).not.toBe(redactedPayload('details').data?.buffer);
  });
});

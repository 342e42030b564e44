import { describe, expect, it } from '@jest/globals';
import { defaultPayloadConverter, RawValue } from '@temporalio/common';
import { EnvelopeCodec, Keyring } from '@waxseal/core';
import { LocalKey } from '@waxseal/local-key';
import { jsonPayload, rejectionOf } from '@waxseal/test-support';

import { forSubject } from '../src';

const marked = (subject: string): Uint8Array | undefined =>
  defaultPayloadConverter.toPayload(forSubject(subject, 1)).metadata?.['waxseal-subject'] ?? undefined;

describe('forSubject', () => {
  it('marks the payload that the SDK makes of the value, and leaves what it holds', () => {
    const payload = defaultPayloadConverter.toPayload(forSubject('customer-17', { name: 'Ada' }));
    expect(defaultPayloadConverter.fromPayload(payload)).toEqual({ name: 'Ada' });
    expect(Object.keys(payload.metadata ?? {})).toEqual(['encoding', 'waxseal-subject']);
    expect(forSubject('customer-17', 1)).toBeInstanceOf(RawValue);
  });

  it.each(['a', 'ü', '😀', 'a%20b/', 'x'.repeat(512), 'ü'.repeat(256)])('writes %s in UTF-8', (subject) => {
    expect(Buffer.from(marked(subject) ?? []).toString('utf8')).toBe(subject);
  });

  it.each(['', 'x'.repeat(513), 'ü'.repeat(257), '\ud800', 17 as unknown as string])(
    'refuses the ID %j, and does not show it',
    (subject) => {
      expect(() => forSubject(subject, 1)).toThrow(/1 to 512 bytes/);
    },
  );

  it('is no part of another value: its mark would be lost, with no word of it', () => {
    const within = { name: forSubject('customer-17', 'Ada') };
    expect(() => JSON.stringify(within)).toThrow(/not a part of one/);
    // The SDK's converter says so in its own words.
    expect(() => defaultPayloadConverter.toPayload(within)).toThrow(/Unable to convert/);
  });

  it('is refused by a codec that has no keys of subjects, and not encrypted under another key', async () => {
    const primary = new LocalKey({ id: 'orders', key: Buffer.alloc(32, 1) });
    const codec = new EnvelopeCodec({ keyring: new Keyring({ primary }) });
    const payload = defaultPayloadConverter.toPayload(forSubject('customer-17', 'Ada'));
    for (const payloads of [[payload], [jsonPayload(1), payload]]) {
      const error = await rejectionOf(() => codec.encode(payloads));
      expect([error['code'], error.message]).toEqual([
        'WAXSEAL_CONFIGURATION',
        expect.stringContaining('subjects.keyring'),
      ]);
    }
    codec.close();
  });
});

import { createHash, createHmac, randomBytes } from 'node:crypto';
import { PassThrough } from 'node:stream';
import { text } from 'node:stream/consumers';
import { expect, it } from '@jest/globals';
import fc from 'fast-check';
import { AuditChain, auditLineHash, jsonLinesAudit, parseAuditLine, type AuditRecord } from '../src';

const NONE = '0'.repeat(64);

it('hashes all of a line but its last member, as other tools can', () => {
  const chain = new AuditChain();
  const line = chain.seal('{"a":"é"}');
  const [, body = '', hash = ''] = /^(.*),"hash":"([0-9a-f]{64})"\}$/.exec(line) ?? [];
  expect(createHash('sha256').update(body).digest('hex')).toBe(hash);
  expect(JSON.parse(line)).toEqual({
    a: 'é',
    chain: { id: chain.id, seq: 1, prev: NONE, after: null },
    hash,
  });
  expect(chain.head).toEqual({ id: chain.id, seq: 1, hash });
  expect(JSON.parse(chain.seal('{"a":1}'))).toMatchObject({ chain: { seq: 2, prev: hash } });
});

it('makes an HMAC of it with a key', () => {
  const key = randomBytes(32);
  const line = new AuditChain({ key }).seal('{"a":1}');
  const [, body = '', mac] = /^(.*),"mac":"([0-9a-f]{64})"\}$/.exec(line) ?? [];
  expect(createHmac('sha256', key).update(body).digest('hex')).toBe(mac);
});

it('names what stands before its first line', () => {
  const before = new AuditChain();
  before.seal('{"a":1}');
  const after = before.head;
  if (after === undefined) throw new Error('There is no head.');
  const cutOff = Buffer.from('{"a":');
  const { chain } = JSON.parse(new AuditChain({ after, cutOff }).seal('{"a":1}')) as { chain: object };
  const sha256 = createHash('sha256').update(cutOff).digest('hex');
  expect(chain).toMatchObject({
    prev: after.hash,
    after: { id: before.id, seq: 1, cutOff: sha256 },
  });
});

it('reads back what was written, whatever is in the record', () => {
  fc.assert(
    fc.property(fc.dictionary(fc.string(), fc.json(), { minKeys: 1 }), fc.boolean(), (record, isKeyed) => {
      const key = isKeyed ? Buffer.alloc(32, 1) : undefined;
      const chain = new AuditChain(key === undefined ? {} : { key });
      for (const seq of [1, 2]) {
        const parsed = parseAuditLine(Buffer.from(chain.seal(JSON.stringify(record))));
        expect(parsed).toMatchObject({ id: chain.id, seq, hash: chain.head?.hash, isKeyed });
        expect(auditLineHash(parsed?.body ?? '', key)).toBe(parsed?.hash);
      }
    }),
    { numRuns: 200 },
  );
});

it.each([
  [''],
  ['{}'],
  ['{"requestId":"1"}'],
  [new AuditChain().seal('{"a":1}').slice(0, -1)],
  [`${new AuditChain().seal('{"a":1}')}\r`],
  [new AuditChain().seal('{"a":1}').replace('"seq":1', '"seq":0')],
])('%j has no place in a chain', (line) => {
  expect(parseAuditLine(Buffer.from(line))).toBeUndefined();
});

it('is kept by jsonLinesAudit, in the order of the lines', async () => {
  const stream = new PassThrough();
  const audit = jsonLinesAudit(stream, { chain: new AuditChain() });
  const written = text(stream);
  await Promise.all(['a', 'b', 'c'].map(async (requestId) => audit({ requestId } as AuditRecord)));
  stream.end();
  const lines = (await written).trimEnd().split('\n');
  expect(lines.map((line) => parseAuditLine(Buffer.from(line))?.seq)).toEqual([1, 2, 3]);
});

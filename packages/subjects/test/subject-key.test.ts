import { createSecretKey } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { describe, expect, it } from '@jest/globals';

import { isSubjectName, keyIdOfName, nameOfKeyId, nameOfSubject } from '../src/subject-name';
import { unwrapForSubject, wrapForSubject } from '../src/wrapping';

const vectors = JSON.parse(
  readFileSync(join(__dirname, '../../../docs/spec/subject-key-vectors.json'), 'utf8'),
) as {
  readonly namingKey: string;
  readonly names: readonly { readonly subject: string; readonly name: string }[];
  readonly wrap: Readonly<Record<'keyId' | 'subjectKey' | 'dataKey' | 'aad' | 'nonce' | 'wrapped', string>>;
};

const bytes = (base64: string): Buffer => Buffer.from(base64, 'base64');
const { wrap } = vectors;
const [key, aad] = [createSecretKey(bytes(wrap.subjectKey)), bytes(wrap.aad)];

describe('the vectors', () => {
  it('name subjects', () => {
    const naming = createSecretKey(bytes(vectors.namingKey));
    for (const { subject, name } of vectors.names) {
      expect(nameOfSubject(naming, subject)).toBe(name);
      expect(isSubjectName(name)).toBe(true);
      expect(nameOfKeyId(keyIdOfName(name))).toBe(name);
    }
    expect(keyIdOfName(vectors.names[0]?.name ?? '')).toBe(wrap.keyId);
  });

  it('wrap and unwrap', () => {
    const wrapped = wrapForSubject(key, wrap.keyId, bytes(wrap.dataKey), aad, bytes(wrap.nonce));
    expect(Buffer.from(wrapped).toString('base64')).toBe(wrap.wrapped);
    const opened = unwrapForSubject(key, { keyId: wrap.keyId, bytes: bytes(wrap.wrapped) }, aad);
    expect(Buffer.from(opened ?? []).toString('base64')).toBe(wrap.dataKey);
  });
});

describe('a wrapped key', () => {
  it('opens under no other key ID, AAD or key, and not when a byte of it was changed', () => {
    const [good, other] = [bytes(wrap.wrapped), createSecretKey(Buffer.alloc(32, 9))];
    const otherId = keyIdOfName('0'.repeat(64));
    expect(unwrapForSubject(key, { keyId: otherId, bytes: good }, aad)).toBeUndefined();
    expect(unwrapForSubject(key, { keyId: wrap.keyId, bytes: good }, Buffer.from('x'))).toBeUndefined();
    expect(unwrapForSubject(other, { keyId: wrap.keyId, bytes: good }, aad)).toBeUndefined();
    for (let index = 0; index < good.length; index++) {
      const changed = Buffer.from(good);
      changed[index] = (changed[index] ?? 0) ^ 1;
      expect(unwrapForSubject(key, { keyId: wrap.keyId, bytes: changed }, aad)).toBeUndefined();
    }
    for (const length of [0, 1, 28]) {
      const short = good.subarray(0, length);
      expect(unwrapForSubject(key, { keyId: wrap.keyId, bytes: short }, aad)).toBeUndefined();
    }
  });
});

it.each([
  'subject',
  'subject/',
  `subject/${'A'.repeat(64)}`,
  `subject/${'0'.repeat(63)}`,
  `x/${'0'.repeat(64)}`,
])('%s is the key ID of no subject', (keyId) => {
  expect(nameOfKeyId(keyId)).toBeUndefined();
});

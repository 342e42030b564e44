import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import { startAwsKmsDouble, type AwsKmsDouble } from '../src';

let kms: AwsKmsDouble;
beforeAll(async () => {
  kms = await startAwsKmsDouble();
});
afterAll(() => kms.close());

const NOW = new Date().toISOString().replace(/[-:]|\.\d+/g, '');
const DAY = NOW.slice(0, 8);
const SCOPE = `${DAY}/eu-west-1/kms/aws4_request`;
const signed = (scope: string, names = 'content-type;host;x-amz-date;x-amz-target'): string =>
  `AWS4-HMAC-SHA256 Credential=AKIDDOUBLE0000000001/${scope}, SignedHeaders=${names}, Signature=${'0'.repeat(64)}`;
const RIGHT = {
  'Content-Type': 'application/x-amz-json-1.1',
  'X-Amz-Target': 'TrentService.DescribeKey',
  'X-Amz-Date': NOW,
  Authorization: signed(SCOPE),
};

/** Type of the answer, and its status. */
async function ask(headers: Record<string, string>, body = '{}', method = 'POST'): Promise<[string, number]> {
  const answer = await fetch(kms.endpoint, { method, headers, ...(method === 'POST' ? { body } : {}) });
  return [((await answer.json()) as { __type: string }).__type, answer.status];
}

describe('a request on the wire', () => {
  it.each<[string, Record<string, string>]>([
    ['UnknownOperationException', { 'X-Amz-Target': 'TrentService.Nothing' }],
    ['UnknownOperationException', { 'X-Amz-Target': 'Kms.Encrypt' }],
    ['SerializationException', { 'Content-Type': 'application/json' }],
    ['IncompleteSignatureException', { Authorization: 'Bearer x' }],
    ['InvalidSignatureException', { Authorization: signed(`${DAY}/eu-west-1/s3/aws4_request`) }],
    ['InvalidSignatureException', { Authorization: signed(`${DAY}/mars-1/kms/aws4_request`) }],
    ['InvalidSignatureException', { Authorization: signed('20200101/eu-west-1/kms/aws4_request') }],
    ['InvalidSignatureException', { Authorization: signed(SCOPE, 'host;x-amz-date') }],
    ['InvalidSignatureException', { 'X-Amz-Date': `${DAY}T000000` }],
    ['ValidationException', {}],
  ])('answers %s to %j', async (type, headers) => {
    expect(await ask({ ...RIGHT, ...headers })).toEqual([type, 400]);
  });

  it('answers what is unsigned, unreadable or not of the model', async () => {
    const unsigned: Record<string, string> = { ...RIGHT };
    delete unsigned['Authorization'];
    expect(await ask(unsigned)).toEqual(['MissingAuthenticationTokenException', 400]);
    expect(await ask(RIGHT, 'KeyId=x')).toEqual(['SerializationException', 400]);
    expect(await ask(RIGHT, '[]')).toEqual(['SerializationException', 400]);
    expect(await ask(RIGHT, '{"KeyId":7}')).toEqual(['SerializationException', 400]);
    expect(await ask(RIGHT, '{"KeyID":"x"}')).toEqual(['ValidationException', 400]);
    expect(await ask(RIGHT, '{}', 'GET')).toEqual(['UnknownOperationException', 400]);
  });

  it('of a clock five minutes off is refused', async () => {
    kms.clockOffsetMs = 6 * 60 * 1000;
    expect(await ask(RIGHT)).toEqual(['InvalidSignatureException', 400]);
    kms.reset();
  });
});

import { randomBytes } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { createCodecServer, type AuditRecord, type CodecServerOptions } from '../src';
import { MaskCodec } from './support/mask-codec';
import { post } from './support/post';

const TOKEN = randomBytes(32).toString('hex');
const WRONG = 'x'.repeat(64);
const auth = [
  {
    type: 'bearer',
    tokens: [{ principal: 'ci', token: TOKEN, may: [{ namespaces: ['orders'], operations: ['decode'] }] }],
  },
] as const;

beforeEach(() => {
  jest.useFakeTimers();
});
afterEach(() => {
  jest.useRealTimers();
});

/** A server, and how to ask it from an address. */
function serve(options: Partial<CodecServerOptions> = {}) {
  const records: AuditRecord[] = [];
  let isFull = false;
  const audit = (record: AuditRecord): void => {
    if (isFull) throw new Error('no space left on device');
    records.push(record);
  };
  const server = createCodecServer({ codec: new MaskCodec(), auth, audit, ...options });
  const ask = async (remoteAddress: string, token: string, headers: Record<string, string> = {}) => {
    const all = { ...(token === '' ? {} : { Authorization: `Bearer ${token}` }), ...headers };
    const { response, json } = await post(server, '/orders/decode', { payloads: [{}] }, all, {
      remoteAddress,
    });
    return {
      status: response.status,
      code: json.error?.code,
      retryAfter: response.headers.get('Retry-After'),
    };
  };
  return { server, records, ask, setFull: (full: boolean) => (isFull = full) };
}

describe('failed sign-ins', () => {
  it('have a limit for each address, above which the answer is 429', async () => {
    const { ask } = serve({ signInLimit: { requestsPerSecond: 0.5, burst: 2 } });
    expect((await ask('192.0.2.1', WRONG)).status).toBe(401);
    expect((await ask('192.0.2.1', '')).status).toBe(401);
    expect(await ask('192.0.2.1', WRONG)).toEqual({ status: 429, code: 'SIGN_IN_LIMITED', retryAfter: '2' });
    expect((await ask('192.0.2.2', WRONG)).status).toBe(401);
    jest.advanceTimersByTime(2_000);
    expect((await ask('192.0.2.1', WRONG)).status).toBe(401);
  });

  it('do not keep out whoever can sign in, from the same address', async () => {
    const { ask } = serve({ signInLimit: { requestsPerSecond: 0.1, burst: 1 } });
    for (let count = 0; count < 5; count += 1) await ask('192.0.2.1', WRONG);
    expect((await ask('192.0.2.1', TOKEN)).status).toBe(200);
  });

  it('count for the client, behind a proxy that is trusted', async () => {
    const signInLimit = { requestsPerSecond: 0.1, burst: 1 };
    const { ask, records } = serve({ signInLimit, trustedProxies: ['10.0.0.0/8'] });
    const from = (address: string) => ({ 'X-Forwarded-For': address });
    expect((await ask('10.0.0.7', WRONG, from('192.0.2.1'))).status).toBe(401);
    expect((await ask('10.0.0.7', WRONG, from('192.0.2.1'))).status).toBe(429);
    expect((await ask('10.0.0.7', WRONG, from('192.0.2.2'))).status).toBe(401);
    expect((await ask('192.0.2.3', WRONG, from('192.0.2.4'))).status).toBe(401);
    expect(records.map(({ address }) => address)).toEqual([
      '192.0.2.1',
      '192.0.2.1',
      '192.0.2.2',
      '192.0.2.3',
    ]);
  });

  it('are limited unless told otherwise', async () => {
    const { ask } = serve();
    const statuses: number[] = [];
    for (let count = 0; count < 501; count += 1) statuses.push((await ask('192.0.2.1', WRONG)).status);
    expect(statuses.filter((status) => status === 401)).toHaveLength(500);
    expect(statuses.at(-1)).toBe(429);
  });
});

describe('a flood of refusals', () => {
  it('has sixty records, then one a second, and one sum for each reason every ten seconds; nothing is left out', async () => {
    const { ask, records } = serve({ signInLimit: { requestsPerSecond: 1, burst: 100 } });
    for (let count = 0; count < 1_000; count += 1) await ask('192.0.2.1', count % 2 === 0 ? WRONG : '');
    expect(records).toHaveLength(60);
    await jest.advanceTimersByTimeAsync(10_000);
    const sums = records.slice(60);
    expect(sums.map(({ reason }) => reason).sort()).toEqual([
      'SIGN_IN_LIMITED',
      'TOKEN_MISSING',
      'TOKEN_NOT_ACCEPTED',
    ]);
    const all = records.reduce((sum, { requests }) => sum + requests, 0);
    expect(all).toBe(1_000);
    expect(sums.find(({ reason }) => reason === 'SIGN_IN_LIMITED')).toMatchObject({
      requests: 900,
      address: '192.0.2.1',
    });
  });

  it('takes no record from whoever is signed in', async () => {
    const { ask, records } = serve();
    for (let count = 0; count < 100; count += 1) await ask('192.0.2.1', WRONG);
    for (let count = 0; count < 5; count += 1) expect((await ask('192.0.2.2', TOKEN)).status).toBe(200);
    expect(records.filter(({ principal, requests }) => principal === 'ci' && requests === 1)).toHaveLength(5);
  });

  it('is recorded later where a record could not be written, and then in full', async () => {
    const { ask, records, setFull } = serve();
    for (let count = 0; count < 60; count += 1) await ask('192.0.2.1', WRONG);
    setFull(true);
    for (let count = 0; count < 40; count += 1) await ask('192.0.2.1', WRONG);
    await jest.advanceTimersByTimeAsync(10_000);
    expect(records).toHaveLength(60);
    setFull(false);
    await jest.advanceTimersByTimeAsync(10_000);
    expect(records.slice(60)).toEqual([
      expect.objectContaining({ requests: 40, reason: 'TOKEN_NOT_ACCEPTED' }),
    ]);
  });

  it('is recorded when the server is about to stop', async () => {
    const { server, ask, records } = serve();
    for (let count = 0; count < 70; count += 1) await ask('192.0.2.1', WRONG);
    server.drain();
    expect(records.at(-1)).toMatchObject({ requests: 10 });
  });

  it('leaves no timer that keeps a process alive', async () => {
    jest.useRealTimers();
    const before = process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length;
    const { ask } = serve();
    for (let count = 0; count < 70; count += 1) await ask('192.0.2.1', WRONG);
    expect(process.getActiveResourcesInfo().filter((name) => name === 'Timeout')).toHaveLength(before);
  });
});

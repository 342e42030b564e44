import { afterAll, describe, expect, it } from '@jest/globals';
import type { Payload } from '@temporalio/common';
import { BodyBudget } from '../src/http/limits';
import { base64 } from './support/post';
import { start, stopAll } from './support/running';

const KIB = 1024;

afterAll(stopAll);

it('bodies of all requests together are bounded, and their bytes come back', async () => {
  let go: () => void = () => undefined;
  const gate = new Promise<void>((resolve) => (go = resolve));
  const wait = async (payloads: Payload[]) => {
    await gate;
    return payloads;
  };
  const server = await start({ codec: { encode: wait, decode: wait }, bodyLimitBytes: 4 * KIB });
  const body = { payloads: [{ data: base64('x'.repeat(600)) }] };
  const size = JSON.stringify(body).length;
  const fit = Math.floor((16 * KIB) / size);
  const pending = Array.from({ length: fit + 5 }, () => server.ask('/orders/decode', {}, body));
  const refused = await Promise.any(pending);
  expect([refused.status, refused.json.error?.code]).toEqual([503, 'OVERLOADED']);
  expect(refused.headers.get('Retry-After')).toBe('1');
  setTimeout(go, 1_000);
  const statuses = (await Promise.all(pending)).map(({ status }) => status);
  expect(statuses.filter((status) => status === 200)).toHaveLength(fit);
  const again = await Promise.all(Array.from({ length: fit }, () => server.ask('/orders/decode', {}, body)));
  expect(new Set(again.map(({ status }) => status))).toEqual(new Set([200]));
  for (let round = 0; round < 3 * fit; round++) {
    expect((await server.ask('/orders/decode', {}, { payloads: 7 })).status).toBe(400);
  }
});

describe('BodyBudget', () => {
  it('gives one principal half of it, and the rest to others', () => {
    const budget = new BodyBudget(100);
    const [mine, more, theirs] = [budget.open('a'), budget.open('a'), budget.open('b')];
    mine.add(30);
    more.add(20);
    expect(() => {
      more.add(1);
    }).toThrow('too much to do');
    theirs.add(50);
    expect(() => {
      budget.open('c').add(1);
    }).toThrow('too much to do');
    mine.release();
    mine.release();
    budget.open('c').add(30);
    more.resize(5);
    more.resize(20);
  });

  it('gives those whom nobody tells apart the whole', () => {
    const budget = new BodyBudget(100);
    budget.open(undefined).add(60);
    budget.open(undefined).add(40);
    expect(() => {
      budget.open(undefined).add(1);
    }).toThrow('too much to do');
  });

  it('forgets a principal who holds nothing, and loses no byte over any number of changes', () => {
    const budget = new BodyBudget(1_000);
    for (let round = 0; round < 1_000; round++) {
      const account = budget.open(`p${String(round % 7)}`);
      account.add(round % 400);
      account.resize((round * 7) % 300);
      account.release();
    }
    budget.open('a').add(500);
    budget.open('b').add(500);
  });
});

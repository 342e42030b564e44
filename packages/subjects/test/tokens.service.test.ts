import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { TokenCodec } from '@waxseal/claim-check';
import { PgliteStore } from '@waxseal/store';
import { jsonPayload, rejectionOf } from '@waxseal/test-support';

import { anybody, application, markedPayload, valueOf, workflow } from './support/application';

let store: PgliteStore;

beforeAll(async () => {
  store = new PgliteStore();
  await store.check();
}, 60_000);
afterAll(() => store.close());

it('what tokens stand for is under the keys of subjects, too, and is forgotten with them', async () => {
  const subject = anybody();
  const writer = application(store);
  const payloads = [markedPayload(subject, 'canary'), jsonPayload('of nobody')];
  const tokens = await new TokenCodec({ codec: writer.codec, store }).encode(payloads, workflow());
  expect(tokens.map(({ data }) => data?.length)).toEqual([16, 16]);
  const reader = application(store);
  const opened = await new TokenCodec({ codec: reader.codec, store }).decode(tokens, workflow());
  expect(opened.map(valueOf)).toEqual(['canary', 'of nobody']);
  await reader.subjects.shred(await reader.subjects.keyIdOf(subject));
  const late = application(store);
  const codec = new TokenCodec({ codec: late.codec, store });
  expect((await rejectionOf(() => codec.decode(tokens, workflow())))['code']).toBe(
    'WAXSEAL_SUBJECT_SHREDDED',
  );
  expect((await rejectionOf(() => codec.encode(payloads, workflow())))['code']).toBe(
    'WAXSEAL_SUBJECT_SHREDDED',
  );
  const [first, second] = (await codec.tolerant().decode(tokens, workflow())).map(valueOf);
  expect([String(first).slice(0, 37), second]).toEqual([
    '[unreadable: WAXSEAL_SUBJECT_SHREDDED',
    'of nobody',
  ]);
  for (const each of [writer, reader, late]) each.close();
});

import { setTimeout as sleep } from 'node:timers/promises';
import type { Store, StoreRequestOptions } from '@waxseal/store';
import { elapsedMs, failureOf } from '../check/refusal-of';
import { whileCut } from '../check/while-cut';
import { storeFailureOf } from '../check/store-failure';
import { assertKept, newRecord, newRecords, newScope } from '../check/store-samples';
import { defineStoreCase } from '../store-case';

/** A machine under load answers late. */
const SLACK_MS = 1_500;
const PROMPT_MS = 1_000;
const HASTY = { attemptMs: 300, totalMs: 700 };
const PATIENT = { attemptMs: 5_000, totalMs: 30_000 };

/** One request of each kind, and what it is given. */
function requestsOf(store: Store): readonly ((options?: StoreRequestOptions) => Promise<unknown>)[] {
  const { token, scope, bytes } = newRecord();
  return [
    (options) => store.check(options),
    (options) => store.tokens.put([{ token, scope, bytes }], options),
    (options) => store.tokens.get([token], options),
    (options) => store.tokens.beginCollection(options),
    (options) => store.tokens.lastCollection(options),
    (options) => store.tokens.listBefore(1, scope, undefined, 10, options),
    (options) => store.tokens.mark(1, { unneeded: [token], needed: [token] }, options),
    (options) => store.tokens.removeMarked(1, [token], options),
    (options) => store.tokens.list(undefined, 10, options),
    (options) => store.tokens.replace(token, bytes, bytes, options),
    (options) => store.tokens.stats(options),
    (options) => store.keys.create('subject', token, bytes, options),
    (options) => store.keys.get('subject', token, options),
    (options) => store.keys.replace('subject', token, bytes, bytes, options),
    (options) => store.keys.remove('subject', token, options),
    (options) => store.keys.list('subject', undefined, 10, options),
  ];
}

/** The caller's signal. */
export const abortCases = [
  defineStoreCase('refuses promptly when the signal is aborted already', [], async (harness) => {
    const store = await harness.store();
    const signal = AbortSignal.abort();
    for (const [index, request] of requestsOf(store).entries()) {
      const what = `Request ${String(index)} with an aborted signal`;
      const ms = await elapsedMs(() => failureOf(what, () => request({ signal })));
      if (ms > PROMPT_MS) throw new Error(`${what} failed after ${ms.toFixed(0)} ms.`);
    }
    await store.check();
  }),

  defineStoreCase(
    'gives up promptly when the signal is aborted during the request',
    ['delay'],
    async (harness) => {
      const store = await harness.store({ attemptMs: 8_000, totalMs: 8_000 });
      await store.check();
      await harness.delay(6_000);
      const controller = new AbortController();
      const requests = requestsOf(store).slice(1, 3);
      const ended = requests.map((request) =>
        elapsedMs(() => failureOf('A request that is aborted', () => request({ signal: controller.signal }))),
      );
      await sleep(100);
      controller.abort();
      for (const ms of await Promise.all(ended)) {
        if (ms > 100 + PROMPT_MS)
          throw new Error(`A request aborted after 100 ms failed after ${ms.toFixed(0)} ms.`);
      }
    },
  ),
];

/** A database that does not do as it should. */
export const faultCases = [
  defineStoreCase(
    'says "unavailable" when the database cannot be reached, and goes on after',
    ['disconnect', 'reconnect'],
    async (harness) => {
      const deadlines = { attemptMs: 500, totalMs: 1_500 };
      const [known, fresh] = [await harness.store(deadlines), await harness.store(deadlines)];
      const record = newRecord();
      await known.tokens.put([record]);
      await harness.disconnect();
      const lost = newRecord();
      const reasons = ['unavailable'] as const;
      const given = [lost.bytes];
      for (const store of [known, fresh]) {
        await storeFailureOf(harness, { of: 'a put without a database', reasons, given }, () =>
          store.tokens.put([lost]),
        );
        await storeFailureOf(harness, { of: 'a get without a database', reasons }, () =>
          store.tokens.get([record.token]),
        );
      }
      await harness.reconnect();
      // Its breaker may be open still.
      for (const store of [await harness.store(PATIENT)])
        await assertKept(store, [record], 'After an outage');
    },
  ),

  defineStoreCase(
    'says "timeout" when the database is too slow, within its deadline',
    ['delay'],
    async (harness) => {
      const store = await harness.store(HASTY);
      const record = newRecord();
      await harness.delay(3_000);
      for (const request of [() => store.tokens.put([record]), () => store.tokens.get([record.token])]) {
        const expected = {
          of: 'a request that takes too long',
          reasons: ['timeout'],
          given: [record.bytes],
        } as const;
        const ms = await elapsedMs(() => storeFailureOf(harness, expected, request));
        if (ms > HASTY.totalMs + SLACK_MS) {
          throw new Error(`A request with a deadline of 700 ms failed after ${ms.toFixed(0)} ms.`);
        }
      }
    },
  ),

  defineStoreCase('asks again when connections are cut', ['cut'], async (harness) => {
    const store = await harness.store(PATIENT);
    const records = newRecords(400, 2_000);
    await whileCut(harness, async (gotThrough) => {
      for (let start = 0; start < records.length; start += 20) {
        await store.tokens.put(records.slice(start, start + 20));
        gotThrough();
      }
    });
    await assertKept(store, records, 'What was put while connections were cut');
  }),

  defineStoreCase(
    'loses nothing that was acknowledged when another machine takes over',
    ['failover'],
    async (harness) => {
      const store = await harness.store(PATIENT);
      const scope = newScope();
      const acknowledged = newRecords(50, 200, scope);
      await store.tokens.put(acknowledged);
      const key = newRecord().bytes;
      await store.keys.create('subject', acknowledged[0]?.token ?? '', key);
      let isOver = false;
      const write = async (): Promise<void> => {
        while (!isOver) {
          const record = newRecord(200, scope);
          await store.tokens.put([record]);
          acknowledged.push(record);
        }
      };
      const writers = [write(), write(), write()];
      try {
        await sleep(100);
        await harness.failover();
      } finally {
        isOver = true;
      }
      await Promise.all(writers);
      const after = newRecord(200, scope);
      await store.tokens.put([after]);
      await assertKept(store, [...acknowledged, after], 'What was acknowledged before or after a failover');
      const kept = (await store.keys.get('subject', acknowledged[0]?.token ?? ''))?.bytes;
      if (kept === undefined || Buffer.compare(kept, key) !== 0) throw new Error('A failover lost a key.');
    },
  ),

  defineStoreCase('acknowledges nothing that not all machines have', ['loseQuorum'], async (harness) => {
    const store = await harness.store({ attemptMs: 1_000, totalMs: 2_500 });
    const before = newRecord();
    await store.tokens.put([before]);
    await harness.loseQuorum();
    const record = newRecord();
    const reasons = ['not-durable', 'timeout', 'unavailable'] as const;
    for (let times = 0; times < 2; times++) {
      // The second one finds what the first one wrote.
      await storeFailureOf(harness, { of: 'a put without a quorum', reasons, given: [record.bytes] }, () =>
        store.tokens.put([record]),
      );
      await storeFailureOf(harness, { of: 'a key made without a quorum', reasons }, () =>
        store.keys.create('subject', record.token, record.bytes),
      );
    }
    await assertKept(store, [before], 'What was put before the quorum was lost');
  }),

  defineStoreCase('says "full" when there is no room, and still reads', ['fill'], async (harness) => {
    const store = await harness.store();
    const record = newRecord();
    await store.tokens.put([record]);
    await harness.fill();
    const records = newRecords(200, 100_000);
    const given = records.slice(0, 2).map(({ bytes }) => bytes);
    await storeFailureOf(harness, { of: 'a put without room', reasons: ['full'], given }, () =>
      store.tokens.put(records),
    );
    await assertKept(store, [record], 'What was put before there was no room');
  }),

  defineStoreCase(
    'reads, and says "denied" to what writes, with the rights of a reader',
    ['denyWrites'],
    async (harness) => {
      const writer = await harness.store();
      const record = newRecord();
      await writer.tokens.put([record]);
      await writer.keys.create('subject', record.token, record.bytes);
      const collection = await writer.tokens.beginCollection();
      await writer.tokens.mark(collection, { unneeded: [record.token], needed: [] });
      await harness.denyWrites();
      const reader = await harness.store();
      await reader.check();
      await assertKept(reader, [record], 'What a reader gets, though it is marked');
      const key = await reader.keys.get('subject', record.token);
      if (key?.bytes === undefined) throw new Error('A reader gets no key.');
      const other = newRecord();
      const writes = [
        () => reader.tokens.put([record]),
        () => reader.tokens.put([other]),
        () => reader.tokens.beginCollection(),
        () => reader.tokens.mark(collection, { unneeded: [record.token], needed: [] }),
        () => reader.tokens.removeMarked(collection + 1, [record.token]),
        () => reader.tokens.replace(record.token, record.bytes, other.bytes),
        () => reader.keys.create('subject', other.token, other.bytes),
        () => reader.keys.replace('subject', record.token, record.bytes, other.bytes),
        () => reader.keys.remove('subject', record.token),
      ];
      for (const [index, write] of writes.entries()) {
        const given = [record.bytes, other.bytes];
        const of = `write ${String(index)} of a reader`;
        await storeFailureOf(harness, { of, reasons: ['denied'], given }, write);
      }
      await assertKept(writer, [record], 'What a reader was not allowed to change');
    },
  ),
];

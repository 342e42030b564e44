import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { temporal } from '@temporalio/proto';
import { scanSlice, type SliceUsage } from '../src/scan/scan-slice';
import { slicesOf, type Slice } from '../src/scan/slices';
import { Usage } from '../src/scan/usage';
import { FakeTemporal, started, under, type FakeExecution } from './support/fake-temporal';

const AS_OF_MS = Date.UTC(2026, 10, 30);
const api = temporal.api.workflowservice.v1;

function fakeOf(...executions: Partial<FakeExecution>[]): FakeTemporal {
  const fake = new FakeTemporal();
  for (const [index, each] of executions.entries()) {
    fake.executions.push({
      id: `w${String(index)}`,
      startMs: AS_OF_MS - 10_000,
      events: [started(under('k1'))],
      ...each,
    });
  }
  return fake;
}

async function scan(
  fake: FakeTemporal,
  mostInSlice = 500,
): Promise<{ total: Usage; parts: SliceUsage[]; slices: Slice[] }> {
  const reader = fake.reader();
  const slices: Slice[] = [];
  for await (const slice of slicesOf(reader, 'workflows', {
    asOfMs: AS_OF_MS,
    sinceMs: undefined,
    mostInSlice,
  }))
    slices.push(slice);
  const total = new Usage();
  const parts: SliceUsage[] = [];
  for (const slice of slices) {
    const part = await scanSlice(reader, slice, { asOfMs: AS_OF_MS, concurrency: 3 });
    parts.push(part);
    for (const usage of [part.open, ...Object.values(part.closed)])
      total.add(Usage.fromJSON(structuredClone(usage.toJSON())));
  }
  return { total, parts, slices };
}

describe('a scan of what is listed', () => {
  it('has each execution in one slice, whatever closes meanwhile, and when', async () => {
    const around = fc.integer({ min: -3_000, max: 3_000 }).map((quarter) => AS_OF_MS + quarter / 4);
    const execution = fc.record({
      startMs: around,
      closeMs: fc.option(around, { nil: undefined }),
      closes: fc.boolean(),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(execution, { maxLength: 12 }), async (list) => {
        const fake = fakeOf(
          ...list.map(({ startMs, closeMs }) => ({ startMs, ...(closeMs !== undefined && { closeMs }) })),
        );
        fake.onList = () => {
          for (const [index, { closes }] of list.entries()) {
            const each = fake.executions[index];
            if (closes && each && each.closeMs === undefined) each.closeMs = AS_OF_MS + 5_000;
          }
        };
        const { total } = await scan(fake, 2);
        expect(total.payloads).toBe(list.length);
        expect(total.notRead).toBe(0);
        const holders = total.uses[0]?.holders;
        expect(holders?.['open executions']?.count ?? 0).toBe(
          list.filter(({ closeMs }) => closeMs === undefined || Math.floor(closeMs) > AS_OF_MS).length,
        );
      }),
      { numRuns: 100 },
    );
  });

  it('keeps what had closed before the scan and is listed as open: visibility is late', async () => {
    const { total } = await scan(fakeOf({ closeMs: AS_OF_MS - 1, closeIsListed: false }));
    expect(total.uses[0]?.holders['closed executions']?.lastCloseMs).toBe(AS_OF_MS - 1);
  });

  it('takes for open what closed during the scan: another execution may go on with its payloads', async () => {
    const { total } = await scan(fakeOf({ closeMs: AS_OF_MS + 1 }));
    expect(total.uses[0]?.holders).toMatchObject({ 'open executions': { count: 1 } });
  });

  it.each<[string, boolean, temporal.api.history.v1.IHistoryEvent[]]>([
    ['an activity', true, [{ activityTaskScheduledEventAttributes: {} }]],
    ['a Nexus operation', true, [{ nexusOperationScheduledEventAttributes: {} }]],
    [
      'a callback',
      true,
      [{ workflowExecutionOptionsUpdatedEventAttributes: { attachedCompletionCallbacks: [{}] } }],
    ],
    [
      'nothing',
      false,
      [
        { activityTaskScheduledEventAttributes: {} },
        { nexusOperationScheduledEventAttributes: {} },
        { activityTaskTimedOutEventAttributes: { scheduledEventId: 2 as never } },
        { nexusOperationCompletedEventAttributes: { scheduledEventId: 3 as never } },
      ],
    ],
  ])('reads what is pending where an execution has closed with %s under way', async (_what, isRead, more) => {
    const events = [started(under('k1')), ...more].map((event, index) => ({
      ...event,
      eventId: (index + 1) as never,
    }));
    const fake = fakeOf({ closeMs: AS_OF_MS - 1, heartbeat: under('k2'), events });
    const { total } = await scan(fake);
    expect(total.uses.map(({ name }) => name)).toEqual(isRead ? ['k1', 'k2'] : ['k1']);
    expect(total.uses[1]?.kinds).toEqual(isRead ? { heartbeat: 1 } : undefined);
    expect([total.payloads, total.notRead]).toEqual([isRead ? 2 : 1, 0]);
  });

  it('reads what says to be a scan by Workers, and is something else', async () => {
    const posing = { id: 'waxseal-key-scan', type: 'waxsealKeyScan' };
    expect((await scan(fakeOf(posing))).total.uses).toHaveLength(1);
    const own = await scan(
      fakeOf({ ...posing, events: [started({ metadata: { encoding: Buffer.from('json/plain') } })] }),
    );
    expect(own.total.toJSON()).toMatchObject({ payloads: 0, notRead: 0 });
  });
});

describe('answers that are not whole', () => {
  it.each<[string, (fake: FakeTemporal) => void]>([
    ['a history without events', (fake) => fake.executions[0]?.events.splice(0)],
    ['a history with a gap', (fake) => fake.executions[0]?.events.push({ eventId: 3 as never })],
    [
      'an execution that is counted and not listed',
      (fake) =>
        (fake.calls['ListWorkflowExecutions'] = () => api.ListWorkflowExecutionsResponse.encode({}).finish()),
    ],
    [
      'a payload in a field that is not known',
      ({ calls }) => {
        const payload = temporal.api.common.v1.Payload.encode(under('k2')).finish();
        const read = calls['GetWorkflowExecutionHistory'];
        calls['GetWorkflowExecutionHistory'] = (request) =>
          Buffer.concat([read?.(request) ?? Buffer.alloc(0), lengthDelimited(1_000, payload)]);
      },
    ],
    [
      'failures that are nested too deep to be decoded',
      ({ calls }) => {
        let failure: Uint8Array = Buffer.alloc(0);
        for (let depth = 0; depth < 300; depth++) failure = lengthDelimited(4, failure);
        const event = Buffer.concat([
          Buffer.from([0x08, 1]),
          lengthDelimited(8, lengthDelimited(1, failure)),
        ]);
        calls['GetWorkflowExecutionHistory'] = () => lengthDelimited(1, lengthDelimited(1, event));
      },
    ],
  ])('are noted: %s', async (_what, change) => {
    const fake = fakeOf({});
    change(fake);
    expect((await scan(fake)).total.notRead).toBeGreaterThan(0);
  });

  it('reads histories that the server sends as they are stored', async () => {
    const fake = fakeOf({});
    const data = temporal.api.history.v1.History.encode({ events: [started(under('k1'))] }).finish();
    const answer = api.GetWorkflowExecutionHistoryResponse.encode({
      rawHistory: [{ encodingType: temporal.api.enums.v1.EncodingType.ENCODING_TYPE_PROTO3, data }],
    }).finish();
    fake.calls['GetWorkflowExecutionHistory'] = () => answer;
    expect((await scan(fake)).total.toJSON()).toMatchObject({ payloads: 1, notRead: 0 });
  });
});

/** https://protobuf.dev/programming-guides/encoding/ */
function lengthDelimited(field: number, value: Uint8Array): Buffer {
  return Buffer.concat([varint(field * 8 + 2), varint(value.length), value]);
}

function varint(value: number): Buffer {
  const bytes: number[] = [];
  for (; value > 0x7f; value = Math.floor(value / 128)) bytes.push((value % 128) + 0x80);
  return Buffer.from([...bytes, value]);
}

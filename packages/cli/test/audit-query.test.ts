import { describe, expect, it } from '@jest/globals';
import { isUse, matchOf, readRecord, type Filter } from '../src/audit/record';

const RECORD = {
  time: '2026-03-01T09:30:00.000Z',
  requestId: 'r-1',
  principal: 'alice',
  issuer: 'bearer',
  namespace: 'orders',
  operation: 'decode',
  policies: [],
  keyIds: ['k-1'],
  workflowIds: ['order-1'],
  named: { workflowId: 'order-2', runId: 'run-2', by: 'headers' },
  payloadCount: 1,
  outcome: 'allowed',
  reason: null,
  requests: 1,
};
const TWENTY = Array.from({ length: 20 }, (_, index) => `n-${String(index)}`);

/** How a record with such fields is about what is asked for. */
function look(filter: Filter, fields: object = {}): unknown {
  const record = readRecord(Buffer.from(JSON.stringify({ ...RECORD, ...fields })));
  if (record === undefined) throw new Error('It is no record.');
  const match = matchOf(record, filter);
  return typeof match === 'object' ? (match.by ?? 'match') : match;
}

describe('a record', () => {
  it.each<[string, Filter, object, unknown]>([
    ['of a key', { key: 'k-1' }, {}, 'match'],
    ['of another key', { key: 'k-2' }, {}, undefined],
    ['of as many keys as there is room for', { key: 'k-2' }, { keyIds: TWENTY }, 'full'],
    ['that is bound to a workflow', { workflow: 'order-1' }, {}, 'bound'],
    ['whose client named a workflow', { workflow: 'order-2' }, {}, 'named'],
    ['of another workflow', { workflow: 'order-3' }, {}, undefined],
    ['of no workflow', { workflow: 'order-3' }, { workflowIds: [], named: null }, 'unnamed'],
    [
      'of a release that had no names',
      { workflow: 'order-3' },
      { workflowIds: [], named: undefined },
      'unnamed',
    ],
    [
      'of no workflow that was refused',
      { workflow: 'x' },
      { workflowIds: [], named: null, outcome: 'refused' },
      undefined,
    ],
    ['of as many workflows as there is room for', { workflow: 'x' }, { workflowIds: TWENTY }, 'full'],
    ['of a run', { workflow: 'order-2', run: 'run-2' }, {}, 'named'],
    ['of another run', { workflow: 'order-2', run: 'run-3' }, {}, undefined],
    ['whose run is not known', { workflow: 'order-1', run: 'run-3' }, { named: null }, 'bound'],
    ['of a principal', { principal: 'alice' }, {}, 'match'],
    ['of a key, by another principal', { key: 'k-1', principal: 'bob' }, {}, undefined],
    ['at the first moment', { key: 'k-1', since: Date.parse(RECORD.time) }, {}, 'match'],
    ['at the last moment', { key: 'k-1', until: Date.parse(RECORD.time) }, {}, undefined],
  ])('%s', (_name, filter, fields, expected) => {
    expect(look(filter, fields)).toBe(expected);
  });

  it.each([
    ['{'],
    ['[]'],
    ['null'],
    ['{}'],
    [JSON.stringify({ ...RECORD, time: 'yesterday' })],
    [JSON.stringify({ ...RECORD, outcome: '\u001b[2J' })],
  ])('is not %s', (line) => {
    expect(readRecord(Buffer.from(line))).toBeUndefined();
  });

  it('is read with nothing but what can be in one', () => {
    const odd = { keyIds: [1, 'k', null], workflowIds: 'w', named: { workflowId: 7 }, operation: '\u001b' };
    expect(readRecord(Buffer.from(JSON.stringify({ ...RECORD, ...odd, requests: '9' })))).toMatchObject({
      keyIds: ['k'],
      workflowIds: [],
      named: null,
      operation: null,
      requests: 1,
    });
  });

  it.each([
    ['decode', 'allowed', 1, true],
    ['download', 'partial', 1, true],
    ['encode', 'allowed', 1, true],
    ['inspect', 'allowed', 1, false],
    ['decode', 'refused', null, false],
    ['decode', 'failed', 1, false],
    ['decode', 'allowed', 0, false],
  ])('of %s that was %s, with %j payloads, showed data: %j', (operation, outcome, payloadCount, expected) => {
    const record = readRecord(Buffer.from(JSON.stringify({ ...RECORD, operation, outcome, payloadCount })));
    expect(record !== undefined && isUse(record)).toBe(expected);
  });
});

import { describe, expect, it } from '@jest/globals';
import { ClearTextGuard, type ClearTextOptions } from '../src/clear-text/clear-text-guard';
import { completionTexts } from '../src/clear-text/workflow-guard';

const CARD = '4111 1111 1111 1111';
const TOKEN = 'wst1-abcd-0123456789012345678901';

const refusal = (guard: ClearTextGuard, ...texts: Parameters<ClearTextGuard['check']>[0][]): unknown => {
  try {
    for (const each of texts) guard.check(each);
  } catch (error) {
    return error;
  }
  return undefined;
};

describe('a guard of what stays in clear', () => {
  const guard = new ClearTextGuard({ searchAttributes: ['Email'], patterns: ['card-number', /MRN-\d+/g] });

  it('refuses patterns wherever they stand, each time, and does not repeat them', () => {
    for (const text of [`order ${CARD}`, 'MRN-123', 'MRN-123']) {
      const error = refusal(guard, [{ place: 'workflow ID', text }]);
      expect(error).toMatchObject({ code: 'WAXSEAL_CONFIDENTIAL', place: 'workflow ID', nonRetryable: true });
      expect(String(error)).not.toContain(text);
    }
    expect(refusal(guard, [{ place: 'workflow ID', text: 'order-12' }])).toBeUndefined();
  });

  it('refuses what is no token in a confidential search attribute, and lets others be', () => {
    const value = (name: string, text: string): unknown =>
      refusal(guard, [{ place: 'search attribute', name, text }]);
    expect(value('Email', 'ada@example.com')).toMatchObject({ found: 'no search token' });
    expect(String(value('Email', 'ada@example.com'))).not.toContain('ada');
    expect(value('Email', TOKEN)).toBeUndefined();
    expect(value('Email', `${TOKEN} ada`)).toBeDefined();
    expect(value('Other', 'ada@example.com')).toBeUndefined();
    expect(value('Other', CARD)).toMatchObject({ found: 'card-number' });
  });

  it.each([
    [{ patterns: ['credit-card'] }, 'patterns'],
    [{ patterns: 'email' }, 'patterns'],
    [{ searchAttributes: 'Email' }, 'searchAttributes'],
    [{ searchAttribute: ['Email'] }, 'searchAttribute'],
  ])('names an option that cannot be: %j', (options, name) => {
    expect(() => new ClearTextGuard(options as unknown as ClearTextOptions)).toThrow(name);
  });
});

describe('what a workflow leaves in clear', () => {
  const attributes = { indexedFields: { Email: { data: Buffer.from(JSON.stringify(['a', CARD])) } } };
  const memo = { [CARD]: {} };
  const headers = { [CARD]: {} };
  it.each([
    ['activity ID', { scheduleActivity: { activityId: CARD } }],
    ['activity type', { scheduleLocalActivity: { activityType: CARD } }],
    ['header name', { scheduleActivity: { headers } }],
    ['task queue', { scheduleActivity: { taskQueue: CARD } }],
    ['workflow ID', { startChildWorkflowExecution: { workflowId: CARD } }],
    ['workflow type', { continueAsNewWorkflowExecution: { workflowType: CARD } }],
    ['memo key', { startChildWorkflowExecution: { memo } }],
    ['memo key', { modifyWorkflowProperties: { upsertedMemo: { fields: memo } } }],
    ['header name', { signalExternalWorkflowExecution: { headers } }],
    ['signal name', { signalExternalWorkflowExecution: { signalName: CARD } }],
    ['search attribute', { upsertWorkflowSearchAttributes: { searchAttributes: attributes } }],
    ['search attribute', { continueAsNewWorkflowExecution: { searchAttributes: attributes } }],
    ['reason', { requestCancelExternalWorkflowExecution: { reason: CARD } }],
    ['reason', { cancelChildWorkflowExecution: { reason: CARD } }],
    ['patch ID', { setPatchMarker: { patchId: CARD } }],
    ['Nexus name', { scheduleNexusOperation: { operation: CARD } }],
    ['Nexus header', { scheduleNexusOperation: { nexusHeader: { note: CARD } } }],
    [
      'failure type',
      { failWorkflowExecution: { failure: { cause: { applicationFailureInfo: { type: CARD } } } } },
    ],
  ])('is found: %s', (place, command) => {
    const guard = new ClearTextGuard({ patterns: ['card-number'] });
    const texts = [...completionTexts({ successful: { commands: [command as object] } })];
    expect(refusal(guard, texts)).toMatchObject({ place, found: 'card-number' });
  });

  it('is no argument, result or message, which are encrypted', () => {
    const data = Buffer.from(CARD);
    const commands = [
      { scheduleActivity: { activityId: '1', arguments: [{ data }] } },
      { completeWorkflowExecution: { result: { data } } },
      { failWorkflowExecution: { failure: { message: CARD, encodedAttributes: { data } } } },
      { startChildWorkflowExecution: { workflowId: 'child', input: [{ data }], memo: { note: { data } } } },
      { userMetadata: { summary: { data } }, startTimer: { seq: 1 } },
    ];
    const texts = [...completionTexts({ successful: { commands: commands } })];
    expect(refusal(new ClearTextGuard({ patterns: ['card-number'] }), texts)).toBeUndefined();
  });
});

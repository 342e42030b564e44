import { describe, expect, it } from '@jest/globals';
import { temporal } from '@temporalio/proto';
import { typeOf, type Message, type MessageType } from '../src/scan/messages';
import { holdsUnknownPayload } from '../src/scan/unknown-fields';
import { walk } from '../src/scan/walk';
import { started, under } from './support/fake-temporal';

const { History, HistoryEvent } = temporal.api.history.v1;
const PAYLOAD = '.temporal.api.common.v1.Payload';
const SEARCH_ATTRIBUTES = '.temporal.api.common.v1.SearchAttributes';

interface Place {
  readonly path: string;
  readonly message: Record<string, unknown>;
}

/** A message for each place of a type where a payload may be, four failures deep. */
function places(type: MessageType, within: readonly string[] = []): readonly Place[] {
  if (type.fullName === SEARCH_ATTRIBUTES || within.filter((name) => name === type.fullName).length > 3)
    return [];
  return type.fieldsArray.flatMap((field) => {
    const inner = field.resolve().resolvedType as MessageType | null;
    if (inner === null || !('fieldsArray' in inner)) return [];
    const found: readonly Place[] =
      inner.fullName === PAYLOAD
        ? [{ path: '', message: under('k1') as Record<string, unknown> }]
        : places(inner, [...within, type.fullName]);
    return found.map(({ path, message }) => ({
      path: `${field.name}.${path}`,
      message: {
        [field.name]: field.repeated ? [message] : field.map ? { ['__proto__']: message } : message,
      },
    }));
  });
}

describe('the walk through a message', () => {
  it('comes to payloads in their order', () => {
    const payloads = [under('k1'), under('k2')];
    const memo = { fields: { a: under('k3'), b: under('k4') } };
    const attributes = { input: { payloads }, memo, header: { fields: { x: under('k5') } } };
    const message = {
      events: [{ workflowExecutionStartedEventAttributes: attributes }, started(under('k6'))],
    };
    const fields: string[] = [];
    walk(
      { type: typeOf(History), message },
      { payload: ({ field }) => fields.push(field()), clearFailure: () => undefined },
    );
    expect(fields).toEqual([
      'input.payloads[0]',
      'input.payloads[1]',
      'memo.fields["a"]',
      'memo.fields["b"]',
      'header.fields["x"]',
      'input.payloads[0]',
    ]);
  });

  const { v1: api } = temporal.api.workflowservice;
  it.each([
    ['an event', HistoryEvent],
    ['an execution', api.DescribeWorkflowExecutionResponse],
    ['a schedule', api.DescribeScheduleResponse],
    ['an activity', api.DescribeActivityExecutionResponse],
    ['a Nexus operation', api.DescribeNexusOperationExecutionResponse],
    ['a version of a deployment', api.DescribeWorkerDeploymentVersionResponse],
  ])('comes to each payload that %s can have', (_what, type) => {
    const all = places(typeOf(type));
    expect(all.length).toBeGreaterThan(2);
    for (const { path, message } of all) {
      const bytes = type.encode(message).finish();
      expect([path, holdsUnknownPayload(typeOf(type), bytes)]).toEqual([path, false]);
      let found = 0;
      const decoded = type.decode(bytes) as unknown as Message;
      walk(
        { type: typeOf(type), message: decoded },
        { payload: () => (found += 1), clearFailure: () => undefined },
      );
      expect([path, found]).toEqual([path, 1]);
    }
  });

  it('does not go down the stack with causes', () => {
    let failure: Message = { encodedAttributes: under('k1') };
    for (let depth = 0; depth < 100_000; depth++) failure = { cause: failure };
    const message = { events: [{ workflowExecutionFailedEventAttributes: { failure } }] };
    let found = 0;
    walk({ type: typeOf(History), message }, { payload: () => (found += 1), clearFailure: () => undefined });
    expect(found).toBe(1);
  });
});

describe('a field that is not known', () => {
  const bytes = Buffer.from(HistoryEvent.encode(started(under('k1'))).finish());
  const payload = Buffer.from(temporal.api.common.v1.Payload.encode(under('k2')).finish());

  it.each<[string, Buffer, boolean]>([
    ['nothing', Buffer.alloc(0), false],
    ['a number', Buffer.from([0xc0, 0x3e, 1]), false],
    ['a text', Buffer.from([0xc2, 0x3e, 1, 0x41]), false],
    ['a payload', Buffer.concat([Buffer.from([0xc2, 0x3e, payload.length]), payload]), true],
    ['a part of one', Buffer.from([0xc2, 0x3e, 9, 0x41]), true],
    ['a group', Buffer.from([0xc3, 0x3e]), true],
    ['a number without an end', Buffer.from([0xc0, 0x3e, 0xff]), true],
  ])('may hold a payload: %s', (_what, more, may) => {
    expect(holdsUnknownPayload(typeOf(HistoryEvent), Buffer.concat([bytes, more]))).toBe(may);
  });
});

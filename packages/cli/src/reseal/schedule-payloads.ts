import type { SerializationContext } from '@temporalio/common';
import { temporal } from '@temporalio/proto';
import { typeOf, type Message } from '../scan/messages';
import { walk, type PayloadKind, type PayloadMessage } from '../scan/walk';
import { choose, type Choice, type Fate } from './choose';
import type { DescribedSchedule } from './schedule-service';
import type { Sealer } from './sealer';

const DESCRIBED = typeOf(temporal.api.workflowservice.v1.DescribeScheduleResponse);

/** A payload of a schedule, and what becomes of it. */
export interface SchedulePayload {
  /** The way to it: `schedule.action.startWorkflow.input.payloads[0]`. */
  readonly field: string;
  /** Whether it is of the schedule's own memo, not of its action. */
  readonly isOwnMemo: boolean;
  readonly fate: Fate;
  /** The keys that it names. */
  readonly names: readonly string[];
  /** The message itself, as it is in the schedule. */
  readonly payload: PayloadMessage;
  /** Whom it is sealed for: the workflow that the action starts. */
  readonly context: SerializationContext | undefined;
}

/**
 * The payloads of a schedule: input, memo, summary and details of its action, and its own memo.
 *
 * @throws what sealing throws: the keys of today are told by a payload that is sealed under them
 */
export async function payloadsOf(
  { schedule, memo }: DescribedSchedule,
  namespace: string,
  sealer: Sealer,
  choice: Choice,
): Promise<readonly SchedulePayload[]> {
  const workflowId = schedule.action?.startWorkflow?.workflowId ?? '';
  // As the SDK's client of schedules gives it to codecs: to those of the own memo, none.
  const ofAction: SerializationContext = { type: 'workflow', namespace, workflowId };
  const currentOf = new Map<SerializationContext | undefined, readonly string[]>();
  for (const context of [ofAction, ...(memo === undefined ? [] : [undefined])]) {
    currentOf.set(context, await sealer.currentKeys(context));
  }
  return located({ schedule, memo }).map(({ payload, kind, field }) => {
    const isOwnMemo = field.startsWith('memo.');
    const context = isOwnMemo ? undefined : ofAction;
    const { fate, names } = choose(payload, kind, choice, currentOf.get(context) ?? []);
    return { field, isOwnMemo, fate, names, payload, context };
  });
}

/** The payload that a schedule has at a place. */
export function payloadAt(
  described: Pick<DescribedSchedule, 'schedule' | 'memo'>,
  field: string,
): PayloadMessage | undefined {
  return located(described).find((each) => each.field === field)?.payload;
}

function located({ schedule, memo }: Pick<DescribedSchedule, 'schedule' | 'memo'>): readonly {
  readonly payload: PayloadMessage;
  readonly kind: PayloadKind;
  readonly field: string;
}[] {
  const found: { payload: PayloadMessage; kind: PayloadKind; field: string }[] = [];
  const message = { schedule, memo } as Message;
  walk(
    { type: DESCRIBED, message },
    {
      payload: ({ payload, kind, field }) => found.push({ payload, kind, field: field() }),
      clearFailure: () => undefined,
    },
  );
  return found;
}

/** Puts another payload in the place of one of a schedule. */
export function replace({ payload }: Pick<SchedulePayload, 'payload'>, by: PayloadMessage): void {
  Object.assign(payload, { metadata: by.metadata, data: by.data, externalPayloads: [] });
}

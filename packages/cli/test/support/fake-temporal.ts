import { temporal } from '@temporalio/proto';
import { TemporalReader } from '../../src/scan/temporal-reader';

const api = temporal.api.workflowservice.v1;

/** An execution of the stand-in. Times in milliseconds since the epoch. */
export interface FakeExecution {
  readonly id: string;
  readonly startMs: number;
  closeMs?: number;
  /** When visibility has it as closed: `Infinity` where never. By default once it is. */
  closeIsListed?: boolean;
  readonly type?: string;
  /** What an activity has told last that is pending, also once the execution has closed. */
  readonly heartbeat?: temporal.api.common.v1.IPayload;
  readonly events: temporal.api.history.v1.IHistoryEvent[];
}

type Call = (request: Uint8Array) => Uint8Array | undefined;

/** What of Temporal a scan asks, over executions in memory. `undefined` is NOT_FOUND. */
export class FakeTemporal {
  readonly executions: FakeExecution[] = [];
  /** Called before each list of executions is read on. */
  onList: () => void = () => undefined;
  readonly calls: Record<string, Call> = {
    CountWorkflowExecutions: (bytes) => {
      const count = this.#found(api.CountWorkflowExecutionsRequest.decode(bytes).query).length;
      return api.CountWorkflowExecutionsResponse.encode({ count: count as never }).finish();
    },
    ListWorkflowExecutions: (bytes) => {
      const { query } = api.ListWorkflowExecutionsRequest.decode(bytes);
      const found = this.#found(query);
      this.onList();
      return api.ListWorkflowExecutionsResponse.encode({ executions: found.map(infoOf) }).finish();
    },
    DescribeWorkflowExecution: (bytes) => {
      const { execution } = api.DescribeWorkflowExecutionRequest.decode(bytes);
      const one = this.#get(execution?.workflowId);
      return (
        one &&
        api.DescribeWorkflowExecutionResponse.encode({
          workflowExecutionInfo: infoOf({ ...one, closeIsListed: true }),
          pendingActivities: one.heartbeat ? [{ heartbeatDetails: { payloads: [one.heartbeat] } }] : [],
        }).finish()
      );
    },
    GetWorkflowExecutionHistory: (bytes) => {
      const { execution } = api.GetWorkflowExecutionHistoryRequest.decode(bytes);
      const events = this.#get(execution?.workflowId)?.events;
      return events && api.GetWorkflowExecutionHistoryResponse.encode({ history: { events } }).finish();
    },
  };

  reader(): TemporalReader {
    const call = (method: string, request: Uint8Array) => {
      const message = this.calls[method]?.(request);
      return Promise.resolve({ status: message === undefined ? 5 : 0, said: '', message });
    };
    return new TemporalReader({ call, close: () => undefined }, 'orders', 1e9);
  }

  #get(id: string | null | undefined): FakeExecution | undefined {
    return this.executions.find((each) => each.id === id);
  }

  #found(query: string): readonly FakeExecution[] {
    const parts = query
      .replace(/[()]/g, '')
      .split(' AND ')
      .map((part) => part.split(' OR '));
    return this.executions.filter((each) =>
      parts.every((or) => or.some((condition) => isMet(each, condition))),
    );
  }
}

function isMet({ startMs, closeMs, closeIsListed = true }: FakeExecution, condition: string): boolean {
  const [field, operator, ...rest] = condition.split(' ');
  const value = field === 'StartTime' ? startMs : closeIsListed ? closeMs : undefined;
  if (operator === 'IS') return value === undefined;
  const time = Date.parse(JSON.parse(rest.join(' ')) as string);
  if (value === undefined) return false;
  return (
    { '>': value > time, '>=': value >= time, '<': value < time, '<=': value <= time }[operator ?? ''] ??
    false
  );
}

/** A time of which a millisecond may be a part. */
export function timestamp(ms: number): { seconds: never; nanos: number } {
  const seconds = Math.floor(ms / 1000);
  return { seconds: seconds as never, nanos: Math.round((ms - seconds * 1000) * 1e6) };
}

function infoOf({
  id,
  startMs,
  closeMs,
  closeIsListed = true,
  type = 'order',
  events,
}: FakeExecution): temporal.api.workflow.v1.IWorkflowExecutionInfo {
  return {
    execution: { workflowId: id, runId: `run of ${id}` },
    type: { name: type },
    startTime: timestamp(startMs),
    historyLength: events.length as never,
    ...(closeMs !== undefined && closeIsListed && { closeTime: timestamp(closeMs) }),
  };
}

/** The first event of an execution, with payloads as its input. */
export function started(
  ...payloads: temporal.api.common.v1.IPayload[]
): temporal.api.history.v1.IHistoryEvent {
  return {
    eventId: 1 as never,
    eventTime: timestamp(Date.UTC(2026, 10, 1)),
    workflowExecutionStartedEventAttributes: { input: { payloads } },
  };
}

/** A payload of a codec that is not known, under a key. */
export function under(
  key: string,
  metadata: Readonly<Record<string, string>> = {},
): temporal.api.common.v1.IPayload {
  const texts = { encoding: 'binary/sealed', 'encryption-key-id': key, ...metadata };
  return {
    metadata: Object.fromEntries(Object.entries(texts).map(([name, text]) => [name, Buffer.from(text)])),
    data: Buffer.from('sealed'),
  };
}

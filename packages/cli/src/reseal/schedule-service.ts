import { randomUUID } from 'node:crypto';
import { temporal } from '@temporalio/proto';
import { typeOf } from '../scan/messages';
import { scheduleIds } from '../scan/standing';
import type { TemporalReader } from '../scan/temporal-reader';
import type { GrpcAnswer, TemporalSession } from '../temporal/grpc-session';
import { unknownFields } from '../scan/unknown-fields';

const api = temporal.api.workflowservice.v1;

/** A schedule as Temporal has it. The messages are the caller's to change. */
export interface DescribedSchedule {
  readonly schedule: temporal.api.schedule.v1.ISchedule;
  readonly memo: temporal.api.common.v1.IMemo | undefined;
  readonly conflictToken: Uint8Array;
  /** Fields of a newer server, which an update by this version of `@temporalio/proto` would lose. */
  readonly unknown: readonly string[];
}

/** Reads and changes the schedules of a namespace. */
export class ScheduleService {
  readonly #reader: TemporalReader;
  readonly #session: TemporalSession;

  constructor(reader: TemporalReader, session: TemporalSession) {
    this.#reader = reader;
    this.#session = session;
  }

  get namespace(): string {
    return this.#reader.namespace;
  }

  /**
   * The IDs of all schedules.
   *
   * @throws ConfigurationError or TemporalFault
   */
  async ids(): Promise<readonly string[]> {
    const ids = new Set<string>();
    for await (const id of scheduleIds(this.#reader)) ids.add(id);
    return [...ids].sort();
  }

  /**
   * @returns `undefined` where it is not there
   * @throws ConfigurationError or TemporalFault
   */
  async describe(scheduleId: string): Promise<DescribedSchedule | undefined> {
    const described = await this.#reader.ask(
      'DescribeSchedule',
      api.DescribeScheduleRequest,
      { namespace: this.namespace, scheduleId },
      WITH_UNKNOWN,
    );
    if (described === undefined) return undefined;
    const { answer, unknown } = described;
    return {
      schedule: answer.schedule ?? {},
      memo: answer.memo ?? undefined,
      conflictToken: answer.conflictToken,
      unknown,
    };
  }

  /**
   * Asks for an update where nobody has changed the schedule since it was described. Temporal may take what
   * comes too late without a word, and drop it.
   *
   * @param memo the whole memo; `undefined` to leave it
   * @throws TemporalFault
   */
  update(
    scheduleId: string,
    { schedule, conflictToken }: DescribedSchedule,
    memo: temporal.api.common.v1.IMemo | undefined,
  ): Promise<GrpcAnswer> {
    const request = api.UpdateScheduleRequest.encode({
      namespace: this.namespace,
      scheduleId,
      schedule,
      conflictToken,
      identity: 'waxseal keys reseal',
      // A call that is repeated after a lost connection is known by it.
      requestId: randomUUID(),
      ...(memo && { memo }),
    });
    return this.#session.call('UpdateSchedule', request.finish());
  }
}

const DESCRIBED = typeOf(api.DescribeScheduleResponse);

const WITH_UNKNOWN = {
  decode: (bytes: Uint8Array) => ({
    answer: api.DescribeScheduleResponse.decode(bytes),
    // What else is told of a schedule is not part of an update.
    unknown: unknownFields(DESCRIBED, bytes).filter((path) => /^(?:schedule|memo)\./.test(path)),
  }),
};

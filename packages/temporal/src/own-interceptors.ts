import type {
  ActivityClientInterceptor,
  ClientInterceptors,
  NexusClientInterceptor,
  ScheduleClientInterceptor,
  WorkflowClientInterceptor,
} from '@temporalio/client';
import type { Worker } from '@temporalio/worker';

/** One interceptor for each kind of call that a client makes. */
export interface InterceptorsOfClient {
  readonly workflow: WorkflowClientInterceptor;
  readonly schedule: ScheduleClientInterceptor;
  readonly activity: ActivityClientInterceptor;
  readonly nexus: NexusClientInterceptor;
}

/**
 * Interceptors for one purpose, told by a mark: where some of it are there already, as where a plugin is
 * registered twice, they are replaced.
 */
export class OwnInterceptors {
  readonly #mark: symbol;

  /** @param mark a registered symbol, so that those of a second copy of this package are told too */
  constructor(mark: symbol) {
    this.#mark = mark;
  }

  /** Marks an interceptor, or what makes one. */
  mark<T extends object>(interceptor: T): T {
    return Object.defineProperty(interceptor, this.#mark, { value: true });
  }

  /** Interceptors without those that are marked. */
  others<T extends object>(interceptors: readonly T[] | undefined): T[] {
    return (interceptors ?? []).filter((interceptor) => !(this.#mark in interceptor));
  }

  /** Those of a client with these as the last ones: nearest to the server, so that they see what is sent. */
  lastOfClient(interceptors: ClientInterceptors | undefined, own: InterceptorsOfClient): ClientInterceptors {
    const workflow = this.mark(own.workflow);
    const given = interceptors?.workflow;
    return {
      ...interceptors,
      workflow:
        given === undefined || Array.isArray(given)
          ? [...this.others(given), workflow]
          : // eslint-disable-next-line @typescript-eslint/no-deprecated -- still taken
            { ...given, calls: [...this.others(given.calls), this.mark(() => workflow)] },
      schedule: [...this.others(interceptors?.schedule), this.mark(own.schedule)],
      activity: [...this.others(interceptors?.activity), this.mark(own.activity)],
      nexus: [...this.others(interceptors?.nexus), this.mark(own.nexus)],
    };
  }
}

/** Puts interceptors into the client that a Worker hands to its activities, once the Worker is made. */
export function setOwnClient(
  worker: Worker,
  withOwn: (interceptors: ClientInterceptors) => ClientInterceptors,
): void {
  const { client } = worker.options.interceptors;
  // Of a Worker's client, the SDK (1.24) drops interceptors of activities and Nexus operations.
  Object.assign(client, withOwn(client));
  (worker as unknown as { _client?: unknown })._client = undefined;
}

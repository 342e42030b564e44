import type { Client } from '@temporalio/client';
import type { TemporalServer } from '@waxseal/bring-up';
import type { PgliteStore } from '@waxseal/store';

/** What the demo runs against. */
export interface DemoEnvironment {
  readonly server: TemporalServer;
  readonly client: Client;
  /** Of this run alone, since a worker with other keys would take its tasks and could not read them. */
  readonly taskQueue: string;
  /** Base URL of the Codec Server. */
  readonly codecUrl: string;
  /** ID of the primary key, as it is configured. */
  readonly keyId: string;
  /** Where payloads are kept whose tokens Temporal has; `undefined` where Temporal has them encrypted. */
  readonly store: PgliteStore | undefined;
  /** All that the worker logged so far. */
  readonly log: () => string;
}

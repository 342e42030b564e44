import type { Connection } from '@temporalio/client';
import type { NativeConnection } from '@temporalio/worker';

/** What all faults of a run share. */
export interface Stage {
  /** `host:port` of the Temporal server. */
  readonly address: string;
  readonly namespace: string;
  /** The server's SQLite file, where it is ours to look into. */
  readonly databaseFile: string | undefined;
  readonly connection: Connection;
  readonly nativeConnection: NativeConnection;
  /** File with the bundle of the workflows. */
  readonly bundleFile: string;
  /** For files of this run; removed at its end. */
  readonly directory: string;
  /** All that the Workers of this process have logged. */
  readonly log: () => string;
  /** A text that is in every confidential value of the run. */
  readonly marker: string;
  /** Workflows that are in flight in the fault that is about many. */
  readonly manyWorkflows: number;
}

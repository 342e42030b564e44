import { randomBytes } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Connection } from '@temporalio/client';
import { bundleWorkflowCode, DefaultLogger, NativeConnection, Runtime } from '@temporalio/worker';
import { type CleanUp, startTemporal } from '@waxseal/bring-up';
import { redactingLogger } from '@waxseal/temporal';

/**
 * Brings up a Temporal server (unless `TEMPORAL_ADDRESS` names one), and bundles the workflows.
 *
 * @param manyWorkflows in flight in the fault that is about many
 * @param cleanUp gets the steps that undo this, also when it fails half-way
 */
export async function startStage(manyWorkflows: number, cleanUp: CleanUp): Promise<Stage> {
  const lines: string[] = [];
  const logger = new DefaultLogger('INFO', ({ message, meta }) => {
    lines.push(`${message} ${JSON.stringify(meta)}`);
  });
  Runtime.install({
    logger: redactingLogger(logger),
    telemetryOptions: { logging: { filter: 'warn', forward: {} } },
  });
  const directory = await mkdtemp(join(tmpdir(), 'waxseal-faults-'));
  cleanUp.add(() => rm(directory, { recursive: true, force: true }));
  const server = await startTemporal({
    databaseFile: join(directory, 'temporal.db'),
    ownProcessGroup: true,
  });
  cleanUp.add(() => server.stop());
  const { address, namespace, databaseFile } = server;
  const bundleFile = join(directory, 'workflows.js');
  const [{ code }, connection, nativeConnection] = await Promise.all([
    bundleWorkflowCode({
      workflowsPath: require.resolve('../workflows'),
      failureConverterPath: require.resolve('@waxseal/temporal/failure-converter'),
      logger: new DefaultLogger('WARN'),
    }),
    Connection.connect({ address }),
    NativeConnection.connect({ address }),
  ]);
  cleanUp.add(() => connection.close());
  cleanUp.add(() => nativeConnection.close());
  await writeFile(bundleFile, code);
  return {
    address,
    namespace,
    databaseFile,
    connection,
    nativeConnection,
    bundleFile,
    directory,
    log: () => lines.join('\n'),
    marker: `zq${randomBytes(6).toString('hex')}`,
    manyWorkflows,
  };
}

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

import { randomBytes } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { Connection } from '@temporalio/client';
import { bundleWorkflowCode, DefaultLogger, NativeConnection, Runtime } from '@temporalio/worker';
import { type CleanUp, startTemporal } from '@waxseal/bring-up';
import { redactingLogger } from '@waxseal/temporal';

import type { Stage } from './stage';

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

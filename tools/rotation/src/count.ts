import { Client, Connection } from '@temporalio/client';
import { DefaultLogger, Runtime } from '@temporalio/worker';
import { CleanUp, startTemporal } from '@waxseal/bring-up';
import { makeNamespace } from '@waxseal/test-support/namespace';
import { differences } from './compare';
import { fill, SOME_300 } from './namespace/fill';
import { countIndependently } from './namespace/independent-count';
import { waitUntilCounted } from './namespace/visibility';
import type { Report } from './report';
import { waxseal } from './waxseal';

/** Fills a namespace with some 300 executions, and holds the report against a count by other code. */
export async function compareCounts(): Promise<number> {
  const cleanUp = new CleanUp();
  try {
    Runtime.install({ logger: new DefaultLogger('ERROR') });
    const server = await startTemporal({});
    cleanUp.add(() => server.stop());
    const { address } = server;
    const connection = await Connection.connect({ address });
    cleanUp.add(() => connection.close());
    const namespace = 'counts';
    await makeNamespace(connection, namespace);
    await fill(connection, address, namespace, SOME_300);
    const client = new Client({ connection, namespace });
    await waitUntilCounted(client);
    const environment = { TEMPORAL_ADDRESS: address, TEMPORAL_NAMESPACE: namespace };
    const { stdout, stderr } = await waxseal(['keys', 'usage', '--json', '--rps', '5000'], environment);
    if (stdout === '') throw new Error(stderr);
    const report = JSON.parse(stdout) as Report;
    const counted = await countIndependently(client);
    console.table(
      Object.entries(counted.payloads).map(([name, payloads]) => ({
        name,
        'payloads counted': payloads,
        'payloads reported': report.keys.find(({ id }) => id === name)?.payloads ?? 'see below',
      })),
    );
    const found = differences(report, counted);
    for (const difference of found) console.log(difference);
    const executions = counted.open + counted.closed;
    console.log(
      `${String(executions)} executions: ${found.length === 0 ? 'the counts agree.' : 'they differ.'}`,
    );
    return found.length === 0 && executions >= 290 ? 0 : 1;
  } finally {
    await cleanUp.run();
  }
}

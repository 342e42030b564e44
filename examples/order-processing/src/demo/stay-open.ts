import { relative } from 'node:path';
import type { DemoEnvironment } from './environment';
import type { FinishedOrders } from './run-orders';

/**
 * Prints where everything is and how to look at it, and waits.
 *
 * @param interrupted - resolves at Ctrl-C
 */
export async function stayOpen(
  environment: DemoEnvironment,
  orders: FinishedOrders,
  interrupted: Promise<void>,
): Promise<void> {
  const { server, client, codecUrl } = environment;
  const { namespace } = client.options;
  const ui = server.uiUrl === undefined ? undefined : `${server.uiUrl}/namespaces/${namespace}/workflows`;
  const cli = server.cliPath === undefined ? 'temporal' : relative(process.cwd(), server.cliPath);
  const show = `${cli} workflow show --address ${server.address} --namespace ${namespace}`;
  console.log(`
Web UI         ${ui ?? '(that of your server; point it to the Codec Server)'}
Codec Server   ${codecUrl}
Temporal       ${server.address}

In the Web UI, open an order: it is readable, because the Codec Server decodes it for your browser.
The same on the command line, first as stored, then decoded:

  ${show} \\
    -w ${orders.good.workflowId}
  ${show} \\
    -w ${orders.good.workflowId} --codec-endpoint ${codecUrl}

Ctrl-C stops everything.`);
  await interrupted;
  console.log('Stopping.');
}

import { runCommand } from '@waxseal/bring-up';
import type { DemoEnvironment } from './environment';
import { runGoodOrder } from './run-good-order';

const WORKFLOW_ID = 'process-order-6127779311';

/**
 * Runs one more order, and prints what the `temporal` command shows of its result: a token, and with the
 * Codec Server the confirmation.
 *
 * @returns one sentence for each thing that is not as it should be
 */
export async function showTokens(environment: DemoEnvironment): Promise<string[]> {
  const { server, client, codecUrl } = environment;
  if (server.cliPath === undefined) {
    console.log('\nThere is no temporal command here, so what it shows of a token is left out.');
    return [];
  }
  const { result } = await runGoodOrder(environment, WORKFLOW_ID);
  const show = async (...more: string[]): Promise<string> => {
    const args = ['workflow', 'result', '--workflow-id', WORKFLOW_ID, ...more];
    const place = ['--address', server.address, '--namespace', client.options.namespace];
    const shown = await runCommand(server.cliPath ?? '', [...args, ...place]);
    console.log(`\n$ temporal ${args.join(' ')}\n${shown.trim()}`);
    return shown;
  };
  const bare = await show();
  const decoded = await show('--codec-endpoint', codecUrl);
  return [
    ...(bare.includes('binary/uuid-sub') ? [] : ['The command shows no token where it has no Codec Server.']),
    ...(bare.includes(result) ? ['The command shows the result without a Codec Server.'] : []),
    ...(decoded.includes(result) ? [] : ['The command does not show the result by the Codec Server.']),
  ];
}

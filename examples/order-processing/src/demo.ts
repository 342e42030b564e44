// Runs orders through Temporal, shows what Temporal stored and what the Codec Server makes of it, and
// searches for plaintext. With --tokens the payloads are kept in a store, and Temporal has tokens. With
// --open it leaves everything up until Ctrl-C. Exits 1 when anything was found, or is not as it should be.
import { BringUpError, CleanUp } from '@waxseal/bring-up';
import { interrupted } from './demo/interrupted';
import { report } from './demo/report';
import { runOrders } from './demo/run-orders';
import { setUp } from './demo/set-up';
import { showTokens } from './demo/show-tokens';
import { stayOpen } from './demo/stay-open';

const exitCodeOfCtrlC = 130;

async function demo(
  { open, tokens }: { readonly open: boolean; readonly tokens: boolean },
  ctrlC: Promise<void>,
  cleanUp: CleanUp,
): Promise<number> {
  console.log('\nStarting a Temporal server, a worker and a Codec Server …');
  const run = Date.now().toString(36);
  const environment = await setUp(run, { ui: open, tokens }, cleanUp);
  const { server, codecUrl, keyId } = environment;
  console.log(
    `  ${server.external ? 'Your server' : `Temporal ${server.version ?? ''}`} at ${server.address}`,
  );
  console.log(`  Codec Server at ${codecUrl}, key ${keyId}`);
  if (tokens) console.log('  Payloads are kept in an embedded database; Temporal gets tokens');
  console.log('Processing three orders: one paid, one whose card is declined, one placed by a schedule …');
  const orders = await runOrders(environment, run, cleanUp);
  console.log(`  ${orders.good.workflowId}: ${orders.good.result}`);
  const problems = await report(environment, orders);
  if (tokens) problems.push(...(await showTokens(environment)));
  console.log(
    problems.length === 0
      ? '\nNothing confidential reached Temporal in clear.'
      : `\nNOT AS IT SHOULD BE:\n${problems.map((problem) => `  - ${problem}`).join('\n')}`,
  );
  if (open) {
    await stayOpen(environment, orders, ctrlC);
  }
  return problems.length === 0 ? 0 : 1;
}

async function main(): Promise<number> {
  const open = process.argv.includes('--open');
  const tokens = process.argv.includes('--tokens');
  const cleanUp = new CleanUp();
  const ctrlC = interrupted();
  try {
    return await Promise.race([
      demo({ open, tokens }, ctrlC, cleanUp),
      ...(open ? [] : [ctrlC.then(() => exitCodeOfCtrlC)]),
    ]);
  } finally {
    await cleanUp.run();
  }
}

main().then(
  (exitCode) => process.exit(exitCode),
  (error: unknown) => {
    console.error(error instanceof BringUpError ? error.message : error);
    process.exit(1);
  },
);

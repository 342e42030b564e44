/**
 * A Worker in a process of its own, which answers over IPC how much of the processor the process has used, and replays a history.
 *
 * Usage: node serve.mjs <variant> <address> <task queue>, by `bench/worker.mjs` alone
 */
import { randomBytes } from 'node:crypto';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { bundleWorkflowCode, DefaultLogger, NativeConnection, Runtime, Worker } from '@temporalio/worker';
import { profile } from './profile.mjs';
import { connectionOf, optionsOf } from './variants.mjs';

const { History } = createRequire(import.meta.url)('@temporalio/proto').temporal.api.history.v1;
const [variant, address, taskQueue] = process.argv.slice(2);
const logger = new DefaultLogger('ERROR');
Runtime.install({ logger });
const options = await optionsOf(variant);
const workflowsPath = fileURLToPath(new URL('workflows.mjs', import.meta.url));
const workflowBundle = await bundleWorkflowCode({ workflowsPath, logger, plugins: options.plugins });
const connection = await NativeConnection.connect({
  address,
  plugins: options.plugins,
  ...connectionOf(variant),
});
const worker = await Worker.create({
  ...options,
  connection,
  taskQueue,
  workflowBundle,
  activities: { answer: () => Promise.resolve(randomBytes(766).toString('base64')) },
});
const running = worker.run();

const answers = {
  processor: () => process.cpuUsage(),
  replay: ({ history, times }) => replay(History.decode(history), times),
  profile: ({ milliseconds }) => profile(milliseconds),
};
process.on('message', async ({ ask, ...rest }) => {
  if (ask === 'end') {
    worker.shutdown();
    await running;
    await connection.close();
    process.exit();
  }
  const reply = answers[ask](rest);
  process.send(
    await Promise.resolve(reply).then(
      (answer) => ({ answer }),
      (error) => ({ error: String(error) }),
    ),
  );
});
// Its parent is gone, and took the server along.
process.on('disconnect', () => process.exit());
process.send({ answer: 'ready' });

/** @returns microseconds of the processor for each replay but the first, with which all is warm */
async function replay(history, times) {
  const histories = Array.from({ length: times + 1 }, (_, index) => ({
    workflowId: `replayed-${index}`,
    history,
  }));
  let start;
  for await (const { error } of Worker.runReplayHistories({ ...options, workflowBundle }, histories)) {
    if (error !== undefined) throw error;
    start ??= process.cpuUsage();
  }
  const { user, system } = process.cpuUsage(start);
  return (user + system) / times;
}

// Measures what it takes to encrypt an application that runs: packages from a registry on this machine, `waxseal init`, and
// the first encrypted workflow on a real server. Fails above the limits.
//
// Usage, in a built checkout: npm run adoption [-- npm pnpm yarn] [--json]
import { createRequire } from 'node:module';
import { parseArgs } from 'node:util';
import { adopt, initByNpx } from './adopt.mjs';
import { MANAGERS } from './managers.mjs';
import { startRegistry } from './registry.mjs';

const require = createRequire(import.meta.url);
const { startTemporal } = require('@waxseal/bring-up');
const { Client, Connection } = require('@temporalio/client');

/** Lines of the application's own code that change, and seconds after the install. */
const MOST_LINES = 12;
const MOST_SECONDS = 60;

const { values, positionals } = parseArgs({ options: { json: { type: 'boolean' } }, allowPositionals: true });
const names = positionals.length > 0 ? positionals : Object.keys(MANAGERS);
const unknown = names.find((name) => !(name in MANAGERS));
if (unknown !== undefined) {
  console.error(`${unknown} is none of ${Object.keys(MANAGERS).join(', ')}.`);
  process.exit(2);
}

const cleanUps = [];
const results = [];
let withNothingInstalled;
try {
  const registry = await startRegistry();
  cleanUps.push(registry.stop);
  withNothingInstalled = await initByNpx(registry.url);
  const server = await temporal();
  const connection = await Connection.connect({ address: server.address });
  cleanUps.push(() => connection.close());
  const client = new Client({ connection, namespace: server.namespace });
  for (const name of names) {
    const places = { registry: registry.url, address: server.address, namespace: server.namespace };
    results.push(await adopt(name, places, (workflowId) => storedEncodings(client, workflowId)));
  }
} finally {
  for (const cleanUp of cleanUps.reverse()) await cleanUp();
}
if (values.json) console.log(JSON.stringify({ adoptions: results, withNothingInstalled }));
else {
  console.table(
    results.map(({ manager, lines, generated, seconds }) => ({
      manager,
      [`lines, at most ${MOST_LINES}`]: lines,
      'generated lines': generated,
      [`seconds, at most ${MOST_SECONDS}`]: Number(seconds.toFixed(1)),
    })),
  );
}
for (const { manager, lines, seconds } of results) {
  if (lines > MOST_LINES) fail(`${manager}: ${lines} lines are changed, more than ${MOST_LINES}.`);
  if (seconds > MOST_SECONDS) fail(`${manager}: ${seconds.toFixed(1)} seconds, more than ${MOST_SECONDS}.`);
}

function fail(message) {
  console.error(message);
  process.exitCode = 1;
}

/** The one that tests have already, else one of its own. */
async function temporal() {
  const { WAXSEAL_TEST_TEMPORAL_ADDRESS: address, WAXSEAL_TEST_TEMPORAL_NAMESPACE: namespace } = process.env;
  if (address !== undefined && namespace !== undefined) return { address, namespace };
  const started = await startTemporal();
  cleanUps.push(() => started.stop());
  return started;
}

/** How each payload of an execution's events is encoded, as Temporal has it. */
async function storedEncodings(client, workflowId) {
  const { events = [] } = await client.workflow.getHandle(workflowId).fetchHistory();
  const encodings = [];
  JSON.stringify(events, function (key, value) {
    const encoding = key === 'metadata' ? value?.encoding : undefined;
    if (encoding !== undefined) encodings.push(Buffer.from(encoding, 'base64').toString());
    return value;
  });
  return encodings;
}

import { compare } from './compare';
import type { DemoEnvironment } from './environment';
import type { FinishedOrders } from './run-orders';
import { confidential } from './sample-orders';
import { searchForPlaintext } from './search-for-plaintext';
import { storedValues } from './stored-values';

/**
 * Prints what Temporal stored beside what the Codec Server decodes, then searches for plaintext.
 *
 * @returns one sentence for each thing that is not as it should be; empty when all is well
 */
export async function report(environment: DemoEnvironment, orders: FinishedOrders): Promise<string[]> {
  const { client, codecUrl, server, store } = environment;
  const values = await storedValues(client, orders);
  const { text, problems } = await compare(
    values,
    codecUrl,
    client.options.namespace,
    store === undefined ? 'binary/envelope' : 'binary/uuid-sub',
  );
  console.log(`\n${text}\n`);

  console.log(
    `Searched for ${String(confidential.length)} names, card numbers and addresses, in ten ways of writing them:`,
  );
  const searched = await searchForPlaintext(environment, orders);
  const controlFailed = searched.filter(({ controlHits }) => controlHits === 0);
  for (const { place, hits, controlHits, control: what } of searched) {
    const control = `(${what}, kept in clear: ${String(controlHits)} hits)`;
    console.log(`  ${place.padEnd(42)}${String(hits).padStart(3)} hits   ${control}`);
  }
  if (server.databaseFile === undefined) {
    console.log('  The database of the server at TEMPORAL_ADDRESS cannot be searched from here.');
  }
  return [
    ...problems,
    ...searched.flatMap(({ place, found }) => found.map((hit) => `Found in ${place}: ${hit}.`)),
    ...controlFailed.map(({ place }) => `The search of ${place} does not find what is there.`),
  ];
}

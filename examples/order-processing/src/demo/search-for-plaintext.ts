import { statSync } from 'node:fs';
import type { Client } from '@temporalio/client';
import { searchBytes, searchDatabaseFile } from '@waxseal/bring-up';
import type { DemoEnvironment } from './environment';
import type { FinishedOrders } from './run-orders';
import { confidential } from './sample-orders';

/** One thing that was searched. */
export interface Searched {
  /** With its size. */
  readonly place: string;
  /** How often anything confidential was found. */
  readonly hits: number;
  /** What was found, and in which form: one entry for each of both. */
  readonly found: readonly string[];
  /**
   * How often a workflow ID was found, which Temporal keeps in clear, or in a store the namespace: proof
   * that the search finds what is there.
   */
  readonly controlHits: number;
  /** What that was, in words. */
  readonly control: string;
}

/**
 * Searches all that Temporal and a store keep of the orders, and what the worker logged, for names, cards and
 * addresses: as UTF-8, UTF-16, base64, hexadecimal and escaped.
 */
export async function searchForPlaintext(
  { client, server, store, log }: DemoEnvironment,
  orders: FinishedOrders,
): Promise<Searched[]> {
  const { databaseFile } = server;
  const control = orders.good.workflowId;
  const histories = await Promise.all(
    [control, `${control}-shipping`, orders.failing, orders.scheduled].map((id) => historyOf(client, id)),
  );
  const inBytes = (place: string, text: string): Searched => {
    const bytes = Buffer.from(text);
    const hits = searchBytes(bytes, [...confidential, control]);
    return summarise(`${place}, ${kilobytes(bytes.length)}`, hits, control);
  };
  const searched = [
    inBytes(`${String(histories.length)} workflow histories`, histories.join('\n')),
    inBytes("the worker's log at DEBUG", log()),
  ];
  if (databaseFile !== undefined) {
    const hits = await searchDatabaseFile(databaseFile, [...confidential, control]);
    searched.push(
      summarise(`the server's database file, ${kilobytes(statSync(databaseFile).size)}`, hits, control),
    );
  }
  if (store !== undefined) {
    const records = await store.tokens.list(undefined, 10_000);
    const sizes = records.reduce((sum, { bytes }) => sum + bytes.length, 0);
    const place = `${String(records.length)} records of the store, ${kilobytes(sizes)}`;
    const found = records.flatMap(({ bytes }) => searchBytes(bytes, confidential));
    // An envelope names the namespace that it is bound to in clear.
    const controls = records.flatMap(({ bytes }) => searchBytes(bytes, [client.options.namespace]));
    searched.push({ ...summarise(place, found, ''), controlHits: controls.length, control: 'the namespace' });
  }
  return searched;
}

/** As JSON with the payloads' bytes in base64: undecoded. */
async function historyOf(client: Client, workflowId: string): Promise<string> {
  return JSON.stringify(await client.workflow.getHandle(workflowId).fetchHistory());
}

function summarise(
  place: string,
  hits: readonly { needle: string; form: string }[],
  control: string,
): Searched {
  const found = hits.filter(({ needle }) => needle !== control);
  return {
    place,
    hits: found.length,
    found: [...new Set(found.map(({ needle, form }) => `“${needle}” as ${form}`))],
    controlHits: hits.length - found.length,
    control: "the order's number",
  };
}

function kilobytes(bytes: number): string {
  return `${String(Math.ceil(bytes / 1024))} KiB`;
}

import { loadStore } from '@waxseal/config';
import { scanStore } from '../scan/store-records';
import { Usage } from '../scan/usage';
import type { Scanned } from './usage-report';
import { Progress } from '../terminal/progress';

/**
 * Adds what the records of the configured store are under to what a scan has found.
 *
 * @throws ConfigurationError or StoreError where the store cannot be read
 */
export async function withStore(scanned: Scanned): Promise<Scanned> {
  const store = await loadStore();
  const progress = new Progress('records');
  try {
    const { records } = await store.tokens.stats();
    const onRead = (executions: number): void => {
      progress.show({ done: executions, total: Math.max(records, executions) });
    };
    const usage = new Usage();
    usage.add(scanned.usage);
    usage.add(await scanStore(store, onRead));
    const blindSpots = [...scanned.blindSpots, OTHER_STORES];
    return { ...scanned, usage, blindSpots, hasReadStore: true, endedMs: Date.now() };
  } finally {
    progress.end();
    await store.close();
  }
}

const OTHER_STORES =
  'Tokens of other stores than the one that is configured, and keys of subjects in it: the records of all its namespaces are counted.';

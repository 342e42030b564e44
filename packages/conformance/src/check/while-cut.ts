import { setTimeout as sleep } from 'node:timers/promises';
import type { StoreHarness } from '../store-harness';

/** Between two cuts, as long as something gets through meanwhile. */
const SHORTEST_PAUSE_MS = 20;

/**
 * Cuts all connections to a store again and again while `work` is under way: by what gets through, and not by
 * the clock, since on a busy machine a connection takes longer than any time that could be named here.
 *
 * @param work calls what it is given each time that something has got through
 * @throws what `work` does
 */
export async function whileCut(
  harness: Required<Pick<StoreHarness, 'cut'>>,
  work: (gotThrough: () => void) => Promise<void>,
): Promise<void> {
  let isOver = false;
  let pauseMs = SHORTEST_PAUSE_MS;
  const cutting = async (): Promise<void> => {
    while (!isOver) {
      await harness.cut();
      await sleep(pauseMs);
      pauseMs *= 1.5;
    }
  };
  const working = work(() => {
    pauseMs = SHORTEST_PAUSE_MS;
  }).finally(() => {
    isOver = true;
  });
  await Promise.all([cutting(), working]);
}

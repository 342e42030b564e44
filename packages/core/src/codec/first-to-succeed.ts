/**
 * Asks one after the other, and the next one also when an answer takes long; the first success counts. What is asked goes on
 * when another was faster.
 *
 * @param items one or more
 * @param nextAfterMs how long to wait for one before the next is asked too
 * @throws what the last of them rejected with, when none succeeds
 */
export function firstToSucceed<Item, Result>(
  items: readonly Item[],
  ask: (item: Item) => Promise<Result>,
  nextAfterMs: number,
): Promise<Result> {
  return new Promise((resolve, reject) => {
    let asked = 0;
    let pending = 0;
    let timer: NodeJS.Timeout | undefined;
    const askNext = (): void => {
      clearTimeout(timer);
      const item = items[asked];
      if (item === undefined) return;
      asked += 1;
      pending += 1;
      if (asked < items.length) timer = setTimeout(askNext, nextAfterMs);
      ask(item).then(
        (result) => {
          clearTimeout(timer);
          // Nobody is to be asked any more.
          asked = items.length;
          resolve(result);
        },
        (error: unknown) => {
          pending -= 1;
          if (asked < items.length) askNext();
          else if (pending === 0) reject(error instanceof Error ? error : new Error(String(error)));
        },
      );
    };
    askNext();
  });
}

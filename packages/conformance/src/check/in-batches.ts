const AT_ONCE = 16;

/** Does `work` for each item, sixteen at a time: enough to be quick, and below the quotas of a real service. */
export async function inBatches<T>(items: readonly T[], work: (item: T) => Promise<unknown>): Promise<void> {
  for (let start = 0; start < items.length; start += AT_ONCE) {
    await Promise.all(items.slice(start, start + AT_ONCE).map(work));
  }
}

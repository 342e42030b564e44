/** The only element of an array. Fails when there are more or fewer. */
export function only<T>(items: readonly T[]): T {
  const [item] = items;
  if (item === undefined || items.length !== 1)
    throw new Error(`${String(items.length)} items, expected one.`);
  return item;
}

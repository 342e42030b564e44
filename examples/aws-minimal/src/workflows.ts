/** Pays for an order. */
export async function order(card: string): Promise<string> {
  return Promise.resolve(`paid with card ${card}`);
}

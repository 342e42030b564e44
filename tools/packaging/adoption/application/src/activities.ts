export async function charge(card: string): Promise<string> {
  return `charged ${card}`;
}

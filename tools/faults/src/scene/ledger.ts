import { appendFileSync, readFileSync, writeFileSync } from 'node:fs';

/** Side effects outside of Temporal, as they happened: a file that any number of processes append to. */
export class Ledger {
  readonly file: string;

  /** @param file made when it is not there */
  constructor(file: string) {
    this.file = file;
    writeFileSync(file, '', { flag: 'a' });
  }

  /** Books one side effect of an order. */
  add(order: string, effect: string): void {
    appendFileSync(this.file, `${order}\t${effect}\n`);
  }

  /** How often each effect happened, by order. */
  counts(): ReadonlyMap<string, ReadonlyMap<string, number>> {
    const orders = new Map<string, Map<string, number>>();
    for (const line of readFileSync(this.file, 'utf8').split('\n').filter(Boolean)) {
      const [order = '', effect = ''] = line.split('\t');
      const effects = orders.get(order) ?? new Map<string, number>();
      effects.set(effect, (effects.get(effect) ?? 0) + 1);
      orders.set(order, effects);
    }
    return orders;
  }

  /** How many orders had an effect. */
  ordersWith(effect: string): number {
    return [...this.counts().values()].filter((effects) => effects.has(effect)).length;
  }
}

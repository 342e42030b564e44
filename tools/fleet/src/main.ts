// Counts what fleets of workers ask a key service for, with and without shared data keys, and writes
// docs/performance.md. Exits 1 where real processes ask for something else than they should, or than the
// simulation says.
//
// `processes`: twenty real processes, a double of AWS KMS that counts, and a real PostgreSQL: two minutes.
// `sizes`: the same for fleets of 1 to 10 processes, of which none is killed: six minutes.
// `simulation`: fleets of 1 to 10,000, about half a minute.
// Without a name: all. `-- --write` puts the figures into docs/performance.md.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { repositoryRoot } from '@waxseal/bring-up';
import { monthsTable } from './months-table';
import { compareSizes, compareWithSimulation, processesTable, sizesTable } from './processes/compare';

const PAGE = join(repositoryRoot, 'docs/performance.md');

async function main(): Promise<number> {
  const args = process.argv.slice(2);
  const isWriting = args.includes('--write');
  const [what] = args.filter((arg) => arg !== '--write');
  if (what !== undefined && !['processes', 'sizes', 'simulation'].includes(what)) {
    console.error('Name processes, sizes or simulation, or nothing for all.');
    return 2;
  }
  const failures: string[] = [];
  const show = (name: string, table: string, found: readonly string[]): void => {
    console.log(table);
    failures.push(...found);
    if (isWriting && found.length === 0) write(name, table);
  };
  if (what === undefined || what === 'processes') {
    const compared = await compareWithSimulation();
    show('processes', processesTable(compared), compared.failures);
  }
  if (what === undefined || what === 'sizes') {
    const compared = await compareSizes();
    const found = compared.flatMap((each) => each.failures);
    show('sizes', sizesTable(compared), found);
  }
  if (what === undefined || what === 'simulation') show('simulation', monthsTable(), []);
  for (const failure of failures) console.error(failure);
  return failures.length === 0 ? 0 : 1;
}

/** Puts a table between the marks that name it. */
function write(name: string, table: string): void {
  const [begin, end] = [`<!-- ${name}:begin -->`, `<!-- ${name}:end -->`];
  const page = readFileSync(PAGE, 'utf8');
  const [from, to] = [page.indexOf(begin), page.indexOf(end)];
  if (from === -1 || to < from) throw new Error(`${PAGE} has no place for ${name}.`);
  writeFileSync(PAGE, `${page.slice(0, from + begin.length)}\n\n${table}\n\n${page.slice(to)}`);
}

main().then(
  (exitCode) => process.exit(exitCode),
  (error: unknown) => {
    console.error(error);
    process.exit(1);
  },
);

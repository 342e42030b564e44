// Makes every fault, one after the other, and prints what became of it. `--short` makes those of the short
// form, a few at a time; a name makes the faults whose ID begins with it. After them come those that pass,
// for each provider: `recovery` makes these alone, and names after it those of a provider or fault. Exits 1
// when anything is not as it should be. `--table` makes none, and prints the tables of docs/operations.md.
import { BringUpError, CleanUp } from '@waxseal/bring-up';

import { FAULTS } from './faults';
import { runRecovery, SUBJECTS } from './recovery';
import { recoveryTable } from './recovery/table';
import { operationsTable } from './report/print';
import { runFaults } from './run-faults';

const EXIT_CODE_OF_CTRL_C = 130;

function interrupted(): Promise<number> {
  return new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
      process.on(signal, () => {
        resolve(EXIT_CODE_OF_CTRL_C);
      });
    }
  });
}

async function run(names: readonly string[], short: boolean, cleanUp: CleanUp): Promise<number> {
  const [first, ...others] = names;
  if (first === 'recovery') return runRecovery(others, cleanUp);
  const code = await runFaults({ short, names, cleanUp });
  if (short || first !== undefined) return code;
  return Math.max(code, await runRecovery([], cleanUp));
}

async function main(): Promise<number> {
  const parameters = process.argv.slice(2);
  if (parameters.includes('--table')) {
    console.log(`${operationsTable(FAULTS)}\n\n${recoveryTable(SUBJECTS)}`);
    return 0;
  }
  const cleanUp = new CleanUp();
  try {
    const short = parameters.includes('--short');
    const names = parameters.filter((parameter) => !parameter.startsWith('--'));
    return await Promise.race([run(names, short, cleanUp), interrupted()]);
  } finally {
    await cleanUp.run();
  }
}

main().then(
  (exitCode) => process.exit(exitCode),
  (error: unknown) => {
    console.error(error instanceof BringUpError ? error.message : error);
    process.exit(1);
  },
);

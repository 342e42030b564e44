// Makes every attack, one after the other, and prints each figure beside its limit. `--short` makes those of
// the short form; a name makes the attacks whose ID begins with it. Exits 1 when a bound is broken. `--table`
// makes none, and prints the table of SECURITY.md.
import { BringUpError, CleanUp } from '@waxseal/bring-up';
import { startAwsKmsDouble } from '@waxseal/testing';

import { boundsTable, keeps, type Attack } from './attack';
import { ATTACKS, SHORT } from './attacks';

async function main(): Promise<number> {
  const parameters = process.argv.slice(2);
  if (parameters.includes('--table')) {
    console.log(boundsTable(ATTACKS));
    return 0;
  }
  const names = parameters.filter((parameter) => !parameter.startsWith('--'));
  const chosen = (parameters.includes('--short') ? SHORT : ATTACKS).filter(
    ({ id }) => names.length === 0 || names.some((name) => id.startsWith(name)),
  );
  if (chosen.length === 0) {
    console.error(`There are the attacks ${ATTACKS.map(({ id }) => id).join(', ')}.`);
    return 2;
  }
  let broken = 0;
  for (const attack of chosen) broken += await make(attack);
  console.log(`${String(chosen.length)} attacks, ${String(broken)} bounds broken.`);
  return broken === 0 ? 0 : 1;
}

/** @returns how many bounds are broken */
async function make(attack: Attack): Promise<number> {
  const cleanUp = new CleanUp();
  try {
    const kms = await startAwsKmsDouble();
    cleanUp.add(() => kms.close());
    const values = await attack.run({ kms, key: kms.createKey({ multiRegion: true }), cleanUp });
    let broken = 0;
    for (const [index, bound] of attack.bounds.entries()) {
      const value = values[index] ?? NaN;
      const isKept = keeps(bound, value);
      if (!isKept) broken += 1;
      const limit = `${bound.isAtLeast === true ? 'at least' : 'at most'} ${String(bound.limit)}`;
      const figure = `${String(Math.round(value * 100) / 100)} ${bound.unit}`.trim();
      console.log(
        [attack.id.padEnd(18), bound.name, `${figure} (${limit})`, isKept ? 'ok' : 'BROKEN'].join('  '),
      );
    }
    return broken;
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

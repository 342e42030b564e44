// `npm run fuzz [-- <questions> [<seed>]]`: asks this implementation and the one in Python the same
// questions, and prints those to which they give different answers. Exits 1 where there are any.
import { randomBytes } from 'node:crypto';
import { BringUpError } from '@waxseal/bring-up';
import { compare } from './compare';
import { findPython, PythonImplementation } from './python';

async function main(): Promise<number> {
  const [count = '30000', seed = randomBytes(8).toString('hex')] = process.argv.slice(2);
  if (!/^[1-9]\d{0,8}$/.test(count)) {
    console.error('Usage: npm run fuzz [-- <questions> [<seed>]]');
    return 2;
  }
  const python = new PythonImplementation(await findPython());
  try {
    const { questions, disagreements, outcomes } = await compare(python, Number(count), seed);
    for (const disagreement of disagreements.slice(0, 20)) console.log(JSON.stringify(disagreement));
    for (const [outcome, times] of [...outcomes].sort()) console.log(`${outcome.padEnd(30)}${String(times)}`);
    console.log(
      `${String(questions)} questions of seed ${seed}: ${String(disagreements.length)} disagreements.`,
    );
    return disagreements.length === 0 ? 0 : 1;
  } finally {
    await python.close();
  }
}

main().then(
  (exitCode) => process.exit(exitCode),
  (error: unknown) => {
    console.error(error instanceof BringUpError ? error.message : error);
    process.exit(1);
  },
);

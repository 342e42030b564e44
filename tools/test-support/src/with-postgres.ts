import { execFileSync } from 'node:child_process';
import { describe } from '@jest/globals';

/**
 * Describes tests that need PostgreSQL, which is installed where it can be. Without it they are skipped
 * and the reason is printed; with `CI=true` they fail.
 *
 * @param tests with the hooks that only they need
 */
export function describeWithPostgres(name: string, tests: () => void): void {
  const reason = process.env['CI'] === 'true' ? undefined : whyNot();
  // Jest keeps the console of a file to itself that is skipped as a whole.
  if (reason !== undefined) process.stderr.write(`Not tested: ${name}: ${reason}\n`);
  (reason === undefined ? describe : describe.skip)(name, tests);
}

const FIND = 'require(process.argv[1]).findPostgres().catch(({ message }) => console.log(message))';

/** Why there is no PostgreSQL. Jest wants to know at once, so that a process of its own looks. */
function whyNot(): string | undefined {
  const said = execFileSync(process.execPath, ['-e', FIND, require.resolve('@waxseal/bring-up')], {
    encoding: 'utf8',
    timeout: 600_000,
  });
  return said === '' ? undefined : said;
}

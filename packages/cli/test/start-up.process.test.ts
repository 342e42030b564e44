import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';

import { expect, it } from '@jest/globals';

const MAIN = join(__dirname, '../bin/waxseal.mjs');

/** Prints on standard error which CommonJS modules a run has loaded, one a line. */
const TELL = `
import { createRequire } from 'node:module';
const { cache } = createRequire('file:///');
process.on('exit', () => console.error(Object.keys(cache).join('\\n')));`;

it.each([[['--version']], [['--help']], [['serve', '--help']]])(
  'waxseal %j loads the command line only: neither codec, nor server, nor an SDK',
  async (args) => {
    const { stderr } = await promisify(execFile)(process.execPath, [
      '--import',
      `data:text/javascript,${encodeURIComponent(TELL)}`,
      MAIN,
      ...args,
    ]);
    const others = stderr
      .split('\n')
      .filter((file) => file !== '' && !/\/packages\/cli\/|\/node_modules\/commander\//.test(file));
    expect(others).toEqual([]);
  },
);

it('what a Worker loads its configuration by loads no server', async () => {
  const program = `require('@waxseal/config'); console.log(Object.keys(require.cache).join('\\n'));`;
  const { stdout } = await promisify(execFile)(process.execPath, ['-e', program], { cwd: __dirname });
  const servers = stdout
    .split('\n')
    .filter((file) => /\/node_modules\/(jose|json-p3|re2js)\/|\/codec-server\/dist\/http\//.test(file));
  expect(servers).toEqual([]);
  expect(stdout).toContain('/codec-server/dist/server-config.js');
});

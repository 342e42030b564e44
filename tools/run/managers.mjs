// Runs the tests that install the packages by several package managers. Arguments go to Jest.
import { spawn } from 'node:child_process';

const args = ['node_modules/jest/bin/jest.js', '--selectProjects', 'managers', ...process.argv.slice(2)];
const env = { ...process.env, WAXSEAL_TEST_MANAGERS: 'true' };
const child = spawn(process.execPath, args, { stdio: 'inherit', env });
child.on('close', (code) => {
  process.exitCode = code ?? 1;
});

// The entry of `npm run demo`, `npm test` and `npm run bench`: prepares a fresh clone, then does the job.
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { checkNode } from './run/check-node.mjs';
import { jobs } from './run/jobs.mjs';
import { prepare } from './run/prepare.mjs';
import { runStep } from './run/run-step.mjs';

const [jobName, ...args] = process.argv.slice(2);
const steps = jobs[jobName];
if (steps === undefined) {
  console.error(`Usage: node tools/run.mjs ${Object.keys(jobs).join('|')} [arguments]`);
  process.exit(2);
}
process.chdir(fileURLToPath(new URL('..', import.meta.url)));
checkNode();

let exitCode = await prepare();
if (exitCode === 0) {
  for (const step of steps.filter(({ needs }) => needs.every((file) => existsSync(file)))) {
    const code = await runStep(step.name, step.command, {
      args: step.takesArguments ? args : [],
      shown: step.shown,
    });
    exitCode ||= code;
  }
}
process.exit(exitCode);

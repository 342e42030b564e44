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
  const run = ({ name, command, takesArguments, shown }) =>
    runStep(name, command, { args: takesArguments ? args : [], shown });
  const failed = [];
  for (const group of groupsOf(steps.filter(({ needs }) => needs.every((file) => existsSync(file))))) {
    for (const [name, code] of await twoAtATime(group, run)) {
      exitCode ||= code;
      if (code !== 0) failed.push(name);
    }
  }
  // What failed early has scrolled away by now.
  if (failed.length > 0 && steps.length > 1) console.error(`FAILED: ${failed.join(', ')}`);
}
process.exit(exitCode);

/** Steps that stand together where they change nothing (`reads`), else each alone. */
function groupsOf(all) {
  const groups = [];
  for (const step of all) {
    const last = groups.at(-1);
    if (step.reads && last?.[0].reads) last.push(step);
    else groups.push([step]);
  }
  return groups;
}

async function twoAtATime(group, run) {
  const left = [...group];
  const codes = [];
  const lane = async () => {
    for (let step = left.shift(); step !== undefined; step = left.shift()) {
      codes.push([step.name, await run(step)]);
    }
  };
  await Promise.all([lane(), lane()]);
  return codes;
}

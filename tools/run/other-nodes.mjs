// Runs the tests that need no Temporal server on each supported version of Node.js but the one that runs this. Arguments go to Jest; a file
// named by `--outputFile=` gets the version's number at its end. A version that can be neither found nor installed is skipped
// aloud, and with CI=true that is a failure.
import { createRequire } from 'node:module';
import { runStep } from './run-step.mjs';

const { findNode, NODE_RELEASES } = createRequire(import.meta.url)('@waxseal/bring-up');
const own = Number(process.versions.node.split('.')[0]);

for (const major of Object.keys(NODE_RELEASES).map(Number)) {
  if (major === own) {
    console.log(`Node.js ${major} runs this, and npm test has run on it.`);
    continue;
  }
  let program;
  try {
    program = await findNode(major);
  } catch (error) {
    console.error(`Skipped on Node.js ${major}. ${error.message}`);
    if (process.env.CI === 'true') process.exitCode = 1;
    continue;
  }
  const args = process.argv
    .slice(2)
    .map((argument) => (argument.startsWith('--outputFile=') ? `${argument}.${major}` : argument));
  const code = await runStep(
    `tests on Node.js ${major}`,
    [
      'node_modules/jest/bin/jest.js',
      // What is in tools/ runs here alone, on the Node.js of the project's developers.
      '--testPathIgnorePatterns=/tools/[a-z-]+/test/',
      '--selectProjects',
      'pure',
      'process',
      'service',
      ...args,
    ],
    { program, shown: true },
  );
  process.exitCode ||= code;
}

/**
 * What each job runs after the preparation, in order. A step is left out when a file in `needs` is not there; with
 * `shown` its output goes to the terminal as it comes, else it is printed only when the step fails. Steps that only read files
 * (`reads`) are run two at a time, those that stand together.
 *
 * @type {Record<string, { name: string, command: string[], needs: string[], takesArguments?: boolean, shown?: boolean,
 *   reads?: boolean }[]>}
 */
export const jobs = {
  demo: [
    {
      name: 'demo',
      command: ['examples/order-processing/dist/demo.js'],
      needs: [],
      takesArguments: true,
      shown: true,
    },
  ],
  test: [
    {
      name: 'lint',
      // Types of every package at once need more than Node's default of some 2 GB.
      command: ['--max-old-space-size=6144', 'node_modules/eslint/bin/eslint.js', '.'],
      needs: ['eslint.config.mjs'],
      reads: true,
    },
    {
      name: 'types of the tests',
      command: ['node_modules/typescript/bin/tsc', '-p', 'tsconfig.tests.json'],
      needs: ['tsconfig.tests.json'],
      reads: true,
    },
    {
      name: 'format',
      command: ['node_modules/prettier/bin/prettier.cjs', '--check', '--log-level', 'warn', '.'],
      needs: ['.prettierrc.json'],
      reads: true,
    },
    {
      name: 'arrows between modules',
      command: [
        'node_modules/dependency-cruiser/bin/dependency-cruise.mjs',
        '{packages,examples,tools}/*/src',
      ],
      needs: ['.dependency-cruiser.cjs'],
      reads: true,
    },
    {
      name: 'unused code',
      command: ['node_modules/knip/bin/knip.js', '--no-progress', '--no-config-hints'],
      needs: ['knip.json'],
      reads: true,
    },
    {
      name: 'structure',
      command: ['tools/structure.mjs'],
      needs: ['tools/structure.mjs'],
      reads: true,
    },
    {
      name: 'public faces',
      command: ['tools/api-reports.mjs'],
      needs: ['tools/api-reports.mjs'],
      reads: true,
    },
    {
      name: 'script of the page',
      command: ['tools/page-script.mjs'],
      needs: ['tools/page-script.mjs'],
      reads: true,
    },
    {
      name: 'parser of the command',
      command: ['tools/parser-bundle.mjs'],
      needs: ['tools/parser-bundle.mjs'],
      reads: true,
    },
    {
      name: 'manual pages of the command',
      command: ['tools/man-pages.mjs'],
      needs: ['tools/man-pages.mjs'],
      reads: true,
    },
    {
      name: 'schema of the configuration file',
      command: ['tools/config-schema.mjs'],
      needs: ['tools/config-schema.mjs'],
      reads: true,
    },
    { name: 'licences', command: ['tools/licences.mjs'], needs: ['tools/licences.mjs'], reads: true },
    // Shown, since it passes where it could not ask.
    { name: 'audit', command: ['tools/audit.mjs'], needs: ['tools/audit.mjs'], reads: true, shown: true },
    {
      name: 'documentation site',
      command: ['tools/site/dist/main.js'],
      needs: ['tools/site/dist/main.js'],
      reads: true,
    },
    {
      name: 'tests',
      command: ['node_modules/jest/bin/jest.js'],
      needs: [],
      takesArguments: true,
      shown: true,
    },
    {
      name: 'speed of codec and Codec Server',
      command: ['bench/check.mjs'],
      needs: ['bench/check.mjs'],
    },
  ],
  site: [
    { name: 'site', command: ['tools/site/dist/main.js'], needs: [], takesArguments: true, shown: true },
  ],
  structure: [{ name: 'structure', command: ['tools/structure.mjs'], needs: [], shown: true }],
  api: [
    { name: 'script of the page', command: ['tools/page-script.mjs', '--write'], needs: [], shown: true },
    { name: 'public faces', command: ['tools/api-reports.mjs', '--write'], needs: [], shown: true },
    {
      name: 'parser of the command',
      command: ['tools/parser-bundle.mjs', '--write'],
      needs: [],
      shown: true,
    },
    {
      name: 'manual pages of the command',
      command: ['tools/man-pages.mjs', '--write'],
      needs: [],
      shown: true,
    },
    {
      name: 'schema of the configuration file',
      command: ['tools/config-schema.mjs', '--write'],
      needs: [],
      shown: true,
    },
  ],
  attacks: [
    {
      name: 'attacks',
      command: ['--expose-gc', 'tools/attacks/dist/main.js'],
      needs: [],
      takesArguments: true,
      shown: true,
    },
  ],
  rotation: [
    {
      name: 'rotation',
      command: ['tools/rotation/dist/main.js'],
      needs: [],
      takesArguments: true,
      shown: true,
    },
  ],
  store: [
    {
      name: 'store',
      command: ['tools/store/dist/main.js'],
      needs: [],
      takesArguments: true,
      shown: true,
    },
  ],
  fleet: [
    {
      name: 'fleet',
      command: ['tools/fleet/dist/main.js'],
      needs: [],
      takesArguments: true,
      shown: true,
    },
  ],
  'test:nodes': [
    {
      name: 'other versions of Node.js',
      command: ['tools/run/other-nodes.mjs'],
      needs: [],
      takesArguments: true,
      shown: true,
    },
  ],
  adoption: [
    {
      name: 'adoption',
      command: ['tools/packaging/adoption/main.mjs'],
      needs: [],
      takesArguments: true,
      shown: true,
    },
  ],
  'test:managers': [
    {
      name: 'package managers',
      command: ['tools/run/managers.mjs'],
      needs: [],
      takesArguments: true,
      shown: true,
    },
  ],
  bench: [
    {
      name: 'bench',
      command: ['--expose-gc', 'bench/codec.mjs'],
      needs: [],
      takesArguments: true,
      shown: true,
    },
  ],
  'bench:codec-server': [
    {
      name: 'bench:codec-server',
      command: ['bench/codec-server.mjs'],
      needs: [],
      takesArguments: true,
      shown: true,
    },
  ],
  'bench:worker': [
    {
      name: 'bench:worker',
      command: ['bench/worker.mjs'],
      needs: [],
      takesArguments: true,
      shown: true,
    },
  ],
  'bench:web-ui': [
    {
      name: 'bench:web-ui',
      command: ['bench/web-ui-page.mjs'],
      needs: [],
      takesArguments: true,
      shown: true,
    },
  ],
  fuzz: [
    {
      name: 'fuzz',
      command: ['tools/interop/dist/main.js'],
      needs: [],
      takesArguments: true,
      shown: true,
    },
  ],
  mistakes: [{ name: 'mistakes', command: ['tools/interop/dist/mistakes.js'], needs: [], shown: true }],
  faults: [
    {
      name: 'faults',
      command: ['tools/faults/dist/main.js'],
      needs: [],
      takesArguments: true,
      shown: true,
    },
  ],
};

/** @jest-config-loader esbuild-register */
import type { Config } from 'jest';

/**
 * How one tier of tests is compiled: the source as CommonJS, as the packages ship it. jose and unbash are ES
 * modules only, which Node.js requires as they are and Jest does not.
 */
const transform: Config['transform'] = {
  '^.+\\.ts$|/node_modules/(?:jose|unbash)/.+\\.js$': [
    '@swc/jest',
    {
      jsc: { target: 'es2022', parser: { syntax: 'typescript' } },
      module: { type: 'commonjs', ignoreDynamic: true },
    },
  ],
};
const transformIgnorePatterns = ['/node_modules/(?!(?:jose|unbash)/)'];

/**
 * The tiers, by the name of the file: `*.test.ts` runs alone; `*.process.test.ts` starts programs of this
 * repository, such as the command; `*.service.test.ts` installs or starts a
 * program of somebody else's; `*.server.test.ts` needs a Temporal server,
 * `*.browser.test.ts` a Temporal server and Chromium, `*.pack.test.ts` packs and installs the packages,
 * `*.managers.test.ts` does so by several package managers.
 */
function tier(name: string, needsServer: boolean): NonNullable<Config['projects']>[number] {
  const testMatch =
    name === 'pure'
      ? [
          '<rootDir>/{packages,tools,examples}/*/test/**/!(*.process|*.service|*.server|*.browser|*.pack|*.managers).test.ts',
        ]
      : [`<rootDir>/{packages,tools,examples}/*/test/**/*.${name}.test.ts`];
  return {
    displayName: name,
    rootDir: '.',
    testEnvironment: 'node',
    transform,
    transformIgnorePatterns,
    testMatch,
    modulePathIgnorePatterns: ['<rootDir>/.*/dist/package.json', '<rootDir>/.cache/'],
    ...(needsServer
      ? {
          globalSetup: '<rootDir>/tools/bring-up/dist/jest-global-setup.js',
          globalTeardown: '<rootDir>/tools/bring-up/dist/jest-global-teardown.js',
        }
      : {}),
  };
}

const config: Config = {
  projects: [
    tier('pure', false),
    tier('process', false),
    tier('service', false),
    tier('server', true),
    tier('browser', true),
    tier('pack', false),
    // Installs from the network three times: `npm run test:managers`, and in CI.
    ...(process.env['WAXSEAL_TEST_MANAGERS'] === 'true' ? [tier('managers', true)] : []),
  ],
  // More make a small machine so busy that Temporal takes its Workers for lost: faults and attacks turn red.
  maxWorkers: 2,
  testSequencer: '<rootDir>/tools/run/test-order.cjs',
  testTimeout: 60_000,
};

export default config;

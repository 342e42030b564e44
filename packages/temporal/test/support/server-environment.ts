/** Where the Temporal server of this run is, as the set-up told. */
export interface ServerEnvironment {
  readonly address: string;
  readonly namespace: string;
  /** SQLite file of a server that the run started itself. */
  readonly databaseFile: string | undefined;
}

/** @throws Error when the test does not run under Jest's set-up for servers */
export function serverEnvironment(): ServerEnvironment {
  const address = process.env['WAXSEAL_TEST_TEMPORAL_ADDRESS'];
  if (address === undefined) throw new Error('WAXSEAL_TEST_TEMPORAL_ADDRESS is not set: run "npm test".');
  return {
    address,
    namespace: process.env['WAXSEAL_TEST_TEMPORAL_NAMESPACE'] ?? 'default',
    databaseFile: process.env['WAXSEAL_TEST_TEMPORAL_DB'],
  };
}

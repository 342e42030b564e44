import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findChromium } from './chromium';
import { startTemporal } from './temporal/temporal';
import { testRun } from './test-run';

/**
 * Jest's global set-up: brings up one Temporal server with Web UI and a database file for the whole run, and
 * tells the tests where it is by `WAXSEAL_TEST_TEMPORAL_ADDRESS`, `_NAMESPACE`, `_DB`, `_UI` and `_CLI`. What
 * an external server does not have is left unset. `WAXSEAL_TEST_DIRECTORY` is a directory for what test files
 * share, which is removed in the end. `WAXSEAL_TEST_CHROMIUM` is the path of a Chromium; without
 * one, `WAXSEAL_TEST_CHROMIUM_TRIED` says where it was looked for.
 */
export default async function jestGlobalSetup(): Promise<void> {
  const directory = await mkdtemp(join(tmpdir(), 'waxseal-test-'));
  try {
    const server = await startTemporal({ ui: true, databaseFile: join(directory, 'temporal.db') });
    testRun.current = { server, directory };
    process.env['WAXSEAL_TEST_DIRECTORY'] = directory;
    process.env['WAXSEAL_TEST_TEMPORAL_ADDRESS'] = server.address;
    process.env['WAXSEAL_TEST_TEMPORAL_NAMESPACE'] = server.namespace;
    setOrDelete('WAXSEAL_TEST_TEMPORAL_DB', server.databaseFile);
    setOrDelete('WAXSEAL_TEST_TEMPORAL_UI', server.uiUrl);
    setOrDelete('WAXSEAL_TEST_TEMPORAL_CLI', server.cliPath);
    const chromium = await findChromium();
    setOrDelete('WAXSEAL_TEST_CHROMIUM', chromium.value);
    const tried = chromium.tried.map(({ place, reason }) => `${place}: ${reason}.`).join(' ');
    setOrDelete('WAXSEAL_TEST_CHROMIUM_TRIED', `${tried} Install one, or set CHROMIUM_PATH.`);
  } catch (error) {
    await rm(directory, { recursive: true, force: true });
    throw error;
  }
}

function setOrDelete(name: string, value: string | undefined): void {
  if (value === undefined) {
    Reflect.deleteProperty(process.env, name);
  } else {
    process.env[name] = value;
  }
}

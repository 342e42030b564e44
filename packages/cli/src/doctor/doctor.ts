import { importOptional, type LoadedConfig } from '@waxseal/config';
import { isWaxsealError } from '@waxseal/core';
import type { Store } from '@waxseal/store';
import { EXIT } from '../failure/exit-codes';
import { configurationLines, configurationOf, type KeyOptions } from '../configuration';
import { type Output, version } from '../output';
import { checkKey, entriesOf } from './key-checks';
import { type Check, type DoctorReport, formatReport } from './report';
import { runtimeChecks } from './runtime-checks';
import { serverChecks, WRITES_IN_CLEAR } from './server-checks';
import { withProgress } from '../terminal/progress';

/** What `waxseal doctor` takes. */
export interface DoctorOptions extends KeyOptions {
  readonly namespace?: readonly string[];
  readonly temporal?: true;
  readonly json?: true;
}

/** Checks keys, rights, clock and cryptography, and prints the report. Sets the exit code of the process. */
export async function doctor(options: DoctorOptions, { line, notice }: Output): Promise<void> {
  const config = await configurationOf(options);
  if (!options.json) for (const text of configurationLines(config)) notice(text);
  try {
    const report = await withProgress('checking keys and services', () => reportOn(config, options));
    for (const text of options.json ? [JSON.stringify(report, null, 2)] : formatReport(report)) line(text);
    if (!report.ok) process.exitCode = EXIT.failed;
  } finally {
    config.codec.close();
    await config.store?.close();
  }
}

async function reportOn(config: LoadedConfig, options: DoctorOptions): Promise<DoctorReport> {
  const { source, keyring, codec } = config;
  const entries = entriesOf(keyring, options.namespace ?? []);
  const runtime = [...runtimeChecks(), ...(codec.encrypts ? [] : [WRITES_IN_CLEAR])];
  const keys = await Promise.all(entries.map(({ entry, namespaces }) => checkKey(entry, namespaces)));
  const server = Object.keys(config.server).length === 0 ? [] : await serverChecks(config, undefined);
  const store = config.store === undefined ? [] : [await checkStore(config.store)];
  const temporal = options.temporal ? await wayToTemporal() : [];
  const checks = [...runtime, ...keys.flatMap((key) => key.checks), ...server, ...store, ...temporal];
  return {
    ok: checks.every(({ status }) => status !== 'fail'),
    version: version(),
    config: source ?? null,
    time: new Date().toISOString(),
    runtime,
    keys,
    ...(server.length === 0 ? {} : { server }),
    ...(store.length === 0 ? {} : { store }),
    ...(options.temporal ? { temporal } : {}),
  };
}

/** @throws ConfigurationError when the package that reads the settings is missing */
async function wayToTemporal(): Promise<readonly Check[]> {
  const { temporalChecks } = await importOptional(
    '--temporal',
    ['@temporalio/envconfig'],
    () => import('./temporal-checks.js'),
  );
  return temporalChecks(process.env);
}

/** Asks the store whether it answers and has the tables of this release. Never rejects. */
async function checkStore(store: Store): Promise<Check> {
  const name = 'store';
  const started = performance.now();
  try {
    await store.check();
    const ms = (performance.now() - started).toFixed(0);
    return {
      name,
      status: 'ok',
      detail: `the store (${store.kind}) answers within ${ms} ms, and has its tables`,
    };
  } catch (error) {
    // Errors of Waxseal hold nothing secret; of others, the name is enough.
    const detail = isWaxsealError(error) ? error.message : `the store fails with ${(error as Error).name}`;
    return { name, status: 'fail', detail };
  }
}

import { Command } from 'commander';
import { loadConfig } from '@waxseal/config';
import { checkKey, entriesOf } from '../doctor/key-checks';
import { type DoctorReport, formatReport } from '../doctor/report';
import { runtimeChecks } from '../doctor/runtime-checks';
import { temporalChecks } from '../doctor/temporal/temporal-checks';
import { type Output, version } from '../output';
import { appendList, configurationLines, keysOf, withKeyOptions, type KeyOptions } from './options';

interface DoctorOptions extends KeyOptions {
  readonly namespace?: readonly string[];
  readonly temporal?: true;
  readonly json?: true;
}

/** `waxseal doctor`: tells whether the configured keys can be used from here, and why not. */
export function doctorCommand(output: Output): Command {
  return withKeyOptions(
    new Command('doctor')
      .summary('check keys, rights, clock and cryptography')
      .description(
        'Checks this Node.js and its OpenSSL, and each configured key: its state, who the caller is, what it may do, and one real wrap and unwrap of a data key that is used for nothing else. Exits with 1 when a check fails.',
      ),
  )
    .option(
      '--namespace <name>',
      'namespace whose keys are looked at, where the configuration chooses them by namespace; repeatable',
      appendList,
    )
    .option(
      '--temporal',
      'also connect to Temporal, by TEMPORAL_* variables and temporal.toml as workers and clients do, and say what is wrong',
    )
    .option('--json', 'print the report as JSON')
    .addHelpText(
      'after',
      `
Examples:
  waxseal doctor
  TEMPORAL_PROFILE=production waxseal doctor --temporal
  WAXSEAL_PRIMARY_KEY=vaulttransit://transit/orders waxseal doctor --json`,
    )
    .action((options: DoctorOptions) => doctor(options, output));
}

async function doctor(options: DoctorOptions, { line, notice }: Output): Promise<void> {
  const config = await loadConfig({
    file: options.config,
    lookForFile: 'whereNoKeyIsNamed',
    keys: keysOf(options),
  });
  const { source, keyring, codec } = config;
  if (!options.json) for (const text of configurationLines(config)) notice(text);
  try {
    const entries = entriesOf(keyring, options.namespace ?? []);
    const runtime = runtimeChecks();
    const keys = await Promise.all(entries.map(({ entry, namespaces }) => checkKey(entry, namespaces)));
    const temporal = options.temporal ? await temporalChecks(process.env) : [];
    const checks = [...runtime, ...keys.flatMap((key) => key.checks), ...temporal];
    const report: DoctorReport = {
      ok: checks.every(({ status }) => status !== 'fail'),
      version: version(),
      config: source ?? null,
      time: new Date().toISOString(),
      runtime,
      keys,
      ...(options.temporal ? { temporal } : {}),
    };
    for (const text of options.json ? [JSON.stringify(report, null, 2)] : formatReport(report)) line(text);
    if (!report.ok) process.exitCode = 1;
  } finally {
    codec.close();
  }
}

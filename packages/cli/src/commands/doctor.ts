import type { DoctorOptions } from '../doctor/doctor';
import type { Output } from '../output';
import { CliCommand } from './cli-command';
import { appendList, withKeyOptions } from './options';

/** `waxseal doctor`: tells whether the configured keys can be used from here, and why not. */
export function doctorCommand(output: Output): CliCommand {
  return withKeyOptions(
    new CliCommand('doctor')
      .summary('check keys, rights, clock and cryptography')
      .description(
        'Checks this Node.js and its OpenSSL, and each configured key: its state, who the caller is, what it may do, and one real wrap and unwrap of a data key that is used for nothing else.',
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
    .withManual({
      examples: [
        'waxseal doctor',
        'TEMPORAL_PROFILE=production waxseal doctor --temporal',
        'WAXSEAL_PRIMARY_KEY=vaulttransit://transit/orders waxseal doctor --json',
      ],
      exits: { done: 'no check fails; warnings are none', failed: 'a check fails' },
      page: 'providers#waxseal-doctor',
    })
    .action(async (options: DoctorOptions) => {
      const { doctor } = await import('../doctor/doctor.js');
      await doctor(options, output);
    });
}

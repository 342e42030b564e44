import { Option, type Command } from 'commander';
import type { KeyringUris, LoadedConfig } from '@waxseal/config';

import { appendList } from './append-list';

/** What {@link withKeyOptions} adds to a command's options. */
export interface KeyOptions {
  readonly config?: string;
  readonly primaryKey?: string;
  readonly alsoWrapFor?: readonly string[];
  readonly decryptKey?: readonly string[];
}

/** Adds the options that name a configuration file and keys. Their variables are read by `loadConfig`. */
export function withKeyOptions(command: Command): Command {
  return command
    .option(
      '--config <file>',
      'configuration file (default: WAXSEAL_CONFIG, else waxseal.config.* of this folder, unless keys are named without it)',
    )
    .option('--primary-key <uri>', 'key that encrypts and decrypts (WAXSEAL_PRIMARY_KEY)')
    .addOption(
      new Option(
        '--also-wrap-for <uri>',
        'further key that opens what is encrypted; repeatable, or separated by commas (WAXSEAL_ALSO_WRAP_FOR)',
      ).argParser(appendList),
    )
    .addOption(
      new Option(
        '--decrypt-key <uri>',
        'key that only decrypts; repeatable, or separated by commas (WAXSEAL_DECRYPT_KEYS)',
      ).argParser(appendList),
    );
}

/** What a person is told of the configuration: the file that is used, and one that is there and is not. */
export function configurationLines({ source, passedOver }: LoadedConfig): readonly string[] {
  if (source !== undefined) return [`Configuration: ${source}`];
  if (passedOver === undefined) return [];
  return [
    `Not read: ${passedOver}, since options or variables name the keys. Name it with --config to use it too.`,
  ];
}

/** The keys that the command line names. */
export function keysOf({ primaryKey, alsoWrapFor, decryptKey }: KeyOptions): KeyringUris {
  return { primaryKey, alsoWrapFor, decryptKeys: decryptKey };
}

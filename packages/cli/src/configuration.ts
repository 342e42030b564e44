import { loadConfig, type LoadConfigOptions, type LoadedConfig } from '@waxseal/config';

/** Options of a command that say which keys it uses. */
export interface KeyOptions {
  readonly config?: string;
  readonly primaryKey?: string;
  readonly additionalKey?: readonly string[];
  readonly decryptKey?: readonly string[];
}

/** Lines for a person: the configuration file, one that is there and is not used, and warnings. */
export function configurationLines({ source, passedOver, warnings }: LoadedConfig): readonly string[] {
  if (source !== undefined) return [`Configuration: ${source}`, ...warnings];
  if (passedOver === undefined) return warnings;
  return [
    `Not read: ${passedOver}, since options or variables name the keys. Name it with --config to use it too.`,
    ...warnings,
  ];
}

const OPTION_NAMES = {
  primaryKey: '--primary-key',
  additionalKeys: '--additional-key',
  decryptKeys: '--decrypt-key',
};

/** Loads the configuration that options, variables or a file name, for a command that a person runs. */
export function configurationOf(
  { config, primaryKey, additionalKey, decryptKey }: KeyOptions,
  more: Omit<LoadConfigOptions, 'file' | 'lookForFile' | 'keys'> = {},
): Promise<LoadedConfig> {
  const keys = { primaryKey, additionalKeys: additionalKey, decryptKeys: decryptKey };
  return loadConfig({
    ...more,
    file: config,
    lookForFile: 'whereNoKeyIsNamed',
    keys,
    keyNames: OPTION_NAMES,
  });
}

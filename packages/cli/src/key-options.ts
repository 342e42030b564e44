import type { KeyringUris, LoadedConfig } from '@waxseal/config';

/** What options say of keys. */
export interface KeyOptions {
  readonly config?: string;
  readonly primaryKey?: string;
  readonly alsoWrapFor?: readonly string[];
  readonly decryptKey?: readonly string[];
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

import { ConfigurationError } from '@waxseal/core';
import type { ExternalStorageOptions } from '../storage/external-storage-options';
import { asObject } from './as-object';
import { isObject } from '../protojson/is-object';

const FIELDS: ReadonlySet<string> = new Set<keyof ExternalStorageOptions>(['storage', 'allows']);

/** @throws ConfigurationError that names the field */
export function resolveExternalStorage(
  value: ExternalStorageOptions | undefined,
): ExternalStorageOptions | undefined {
  if (value === undefined) return undefined;
  const { storage, allows } = asObject(value, 'externalStorage', FIELDS);
  if (!isObject(storage) || typeof storage['getDriver'] !== 'function') {
    throw new ConfigurationError(
      'externalStorage.storage must be the ExternalStorage of your data converter, with getDriver().',
    );
  }
  if (typeof allows !== 'function') {
    throw new ConfigurationError(
      'externalStorage.allows must be a function that says which references of a namespace may be followed: without it whoever may decode could have this server fetch anything that it can reach there.',
    );
  }
  return value;
}

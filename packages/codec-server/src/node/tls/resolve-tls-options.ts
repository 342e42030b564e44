import { ConfigurationError } from '@waxseal/core';
import { asDurationMs } from '../../options/as-duration-ms';
import { asObject } from '../../options/as-object';
import { quietly } from '../../quietly';
import type { PemSource } from './pem-source';
import type { TlsOptions } from './tls-options';
import type { TlsReload } from './tls-reload';
import type { TlsSettings } from './tls-settings';

const FIELDS: ReadonlySet<string> = new Set<keyof TlsOptions>([
  'cert',
  'certFile',
  'key',
  'keyFile',
  'clientCa',
  'clientCaFile',
  'minVersion',
  'reloadInterval',
  'onReload',
]);

const INTERVAL = { minMs: 100, maxMs: 3_600_000, words: 'from 100 milliseconds to 1 hour' };

/**
 * Validates the TLS options; the files are read later.
 *
 * @throws ConfigurationError that names the field
 */
export function resolveTlsOptions(value: unknown): TlsSettings {
  const given = asObject(value, 'tls', FIELDS);
  const { minVersion = 'TLSv1.2', onReload } = given;
  if (minVersion !== 'TLSv1.2' && minVersion !== 'TLSv1.3') {
    throw new ConfigurationError('tls.minVersion must be "TLSv1.2" or "TLSv1.3".');
  }
  if (onReload !== undefined && typeof onReload !== 'function') {
    throw new ConfigurationError('tls.onReload must be a function.');
  }
  return {
    cert: needed(sourceOf(given, 'cert'), 'cert'),
    key: needed(sourceOf(given, 'key'), 'key'),
    clientCa: sourceOf(given, 'clientCa'),
    minVersion,
    reloadIntervalMs: asDurationMs(given['reloadInterval'] ?? '10s', 'tls.reloadInterval', INTERVAL),
    onReload: quiet(onReload as TlsOptions['onReload']),
  };
}

function sourceOf(given: Readonly<Record<string, unknown>>, name: string): PemSource | undefined {
  const fileName = `${name}File`;
  const isFile = given[fileName] !== undefined;
  const value = isFile ? given[fileName] : given[name];
  if (value === undefined) return undefined;
  if (isFile && given[name] !== undefined) {
    throw new ConfigurationError(`tls has ${name} and ${fileName}. Give one of the two.`);
  }
  const field = `tls.${isFile ? fileName : name}`;
  if (typeof value !== 'string' || value === '') {
    throw new ConfigurationError(`${field} must be ${isFile ? 'the path of a PEM file' : 'PEM text'}.`);
  }
  return { field, value, isFile };
}

function needed(source: PemSource | undefined, name: string): PemSource {
  if (source === undefined) {
    throw new ConfigurationError(
      `tls.${name}File is missing. TLS needs a certificate and its key, both in PEM.`,
    );
  }
  return source;
}

function quiet(listener: TlsOptions['onReload']): (reload: TlsReload) => void {
  return (reload) => {
    quietly(() => listener?.(reload));
  };
}

import type { SecureVersion } from 'node:tls';
import type { Duration } from '@temporalio/common';
import { ConfigurationError } from '@waxseal/core';
import { asDurationMs, asObject } from '../fields';
import { quietly } from '../telemetry';

/**
 * How {@link listen} speaks TLS. Each of certificate, key and authority is given either as PEM text, or as
 * the path of a PEM file, with `File` at the end of the name. Files are looked at again while the server
 * runs.
 */
export interface TlsOptions {
  /** Certificate of the server, followed by those of the authorities between it and the root. */
  readonly cert?: string;
  readonly certFile?: string;

  /** Private key of the certificate, without a passphrase. */
  readonly key?: string;
  readonly keyFile?: string;

  /**
   * Certificates of the authorities whose clients are known by their certificates: `auth` then has an entry
   * of the type `client-certificate`. Clients are asked for a certificate, and may show none; authorization
   * decides.
   */
  readonly clientCa?: string;
  readonly clientCaFile?: string;

  /** Oldest version that is spoken. Default: `'TLSv1.2'`. */
  readonly minVersion?: 'TLSv1.2' | 'TLSv1.3';

  /** How often the files are read again: 100 milliseconds to 1 hour. Default: `'10s'`. */
  readonly reloadInterval?: Duration;

  /**
   * Told when the files have changed: once when what they hold is in use, or once when it is not usable (the
   * same at two looks, so that a file that is just being written is left in peace). What the listener throws,
   * or a promise of it rejects with, is ignored.
   */
  readonly onReload?: (reload: TlsReload) => void;
}

/** What came of looking at the files of a TLS certificate after they changed. */
export interface TlsReload {
  /** End of the validity of the certificate that new connections get. */
  readonly notAfter: Date;

  /**
   * Why what stands in the files is not used, and the earlier certificate still is. Undefined where it is in
   * use now.
   */
  readonly error: ConfigurationError | undefined;
}

/** The TLS options after validation, with every default filled in. Nothing is read yet. */
export interface TlsSettings {
  readonly cert: PemSource;
  readonly key: PemSource;
  readonly clientCa: PemSource | undefined;
  readonly minVersion: SecureVersion;
  readonly reloadIntervalMs: number;
  /** Never throws. */
  readonly onReload: (reload: TlsReload) => void;
}

/** Where PEM comes from. */
export interface PemSource {
  /** The option, for messages: `tls.certFile`. */
  readonly field: string;
  /** Text of the PEM, or path of the file that holds it. */
  readonly value: string;
  readonly isFile: boolean;
}

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

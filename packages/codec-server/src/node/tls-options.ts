import type { ConfigurationError } from '@waxseal/core';
import { z } from 'zod';
import { both, duration, functionOf, options } from '../fields';
import { notify } from '@waxseal/core/internal';

const INTERVAL = { minMs: 100, maxMs: 3_600_000, words: 'from 100 milliseconds to 1 hour' };

const FILE = 'must be the path of a PEM file.';
const PEM = 'must be PEM text.';

/** Options that a configuration file has too, under the same names. */
export class TlsFileFields {
  /** Certificate of the server, followed by those of the authorities between it and the root. */
  readonly certFile = z.string(FILE).min(1, FILE).optional();

  /** Private key of the certificate, without a passphrase. */
  readonly keyFile = z.string(FILE).min(1, FILE).optional();

  /**
   * Certificates of the authorities whose clients are known by their certificates: `auth` then has an entry
   * of the type `client-certificate`. Clients are asked for a certificate, and may show none; authorization
   * decides.
   */
  readonly clientCaFile = z.string(FILE).min(1, FILE).optional();

  /** Oldest version that is spoken. Default: `'TLSv1.2'`. */
  readonly minVersion = z.enum(['TLSv1.2', 'TLSv1.3'], 'must be "TLSv1.2" or "TLSv1.3".').default('TLSv1.2');

  /** How often the files are read again: 100 milliseconds to 1 hour. Default: `'10s'`. */
  readonly reloadInterval = duration(INTERVAL).prefault('10s');
}

/** Options that only code can give. */
export class TlsFields {
  /** The text of `certFile`, in its place. */
  readonly cert = z.string(PEM).min(1, PEM).optional();

  /** The text of `keyFile`, in its place. */
  readonly key = z.string(PEM).min(1, PEM).optional();

  /** The text of `clientCaFile`, in its place. */
  readonly clientCa = z.string(PEM).min(1, PEM).optional();

  /**
   * Told when the files have changed: once when what they hold is in use, or once when it is not usable (the
   * same at two looks, so that a file that is just being written is left in peace). What the listener throws,
   * or a promise of it rejects with, is ignored.
   */
  readonly onReload = functionOf<(reload: TlsReload) => void>().optional();
}

/** What {@link TlsOptions} are checked by. */
export const TLS_OPTIONS = options(both(new TlsFileFields(), new TlsFields())).check(({ value, issues }) => {
  for (const [name, isNeeded] of [
    ['cert', true],
    ['key', true],
    ['clientCa', false],
  ] as const) {
    const count = [value[name], value[`${name}File`]].filter((given) => given !== undefined).length;
    if (count === 2) {
      issues.push({
        code: 'custom',
        input: value,
        message: `has ${name} and ${name}File. Give one of the two.`,
      });
    } else if (count === 0 && isNeeded) {
      issues.push({
        code: 'custom',
        input: value,
        path: [`${name}File`],
        message: 'is missing. TLS needs a certificate and its key, both in PEM.',
      });
    }
  }
});

/**
 * How {@link listen} speaks TLS. Each of certificate, key and authority is given either as PEM text, or as
 * the path of a PEM file, with `File` at the end of the name. Files are looked at again while the server
 * runs.
 */
export interface TlsOptions extends z.input<typeof TLS_OPTIONS> {}

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

/** {@link TlsOptions} after the check. Nothing is read yet. */
export interface TlsSettings extends Pick<z.output<typeof TLS_OPTIONS>, 'minVersion' | 'reloadInterval'> {
  readonly cert: PemSource;
  readonly key: PemSource;
  readonly clientCa: PemSource | undefined;
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

/** @param given checked, as the `tls` of {@link ListenOptions} */
export function resolveTls(given: z.output<typeof TLS_OPTIONS>): TlsSettings {
  const { certFile, keyFile, clientCaFile, minVersion, reloadInterval, onReload } = given;
  return {
    cert: sourceOf('cert', given.cert, certFile),
    key: sourceOf('key', given.key, keyFile),
    clientCa:
      (given.clientCa ?? clientCaFile) === undefined
        ? undefined
        : sourceOf('clientCa', given.clientCa, clientCaFile),
    minVersion,
    reloadInterval,
    onReload: (reload) => {
      notify(() => onReload?.(reload));
    },
  };
}

function sourceOf(name: string, text: string | undefined, file: string | undefined): PemSource {
  return file === undefined
    ? { field: `tls.${name}`, value: text ?? '', isFile: false }
    : { field: `tls.${name}File`, value: file, isFile: true };
}

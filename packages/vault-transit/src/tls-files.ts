import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { createSecureContext } from 'node:tls';
import { ConfigurationError } from '@waxseal/core/provider';
import { checkFields } from './checks';

/** Certificates of the connections. Files are read again when they have changed. */
export interface VaultTlsOptions {
  /** File with the certificates of the authorities that alone are trusted, in PEM (`VAULT_CACERT`). */
  readonly caFile?: string | undefined;
  /** Those certificates themselves (`VAULT_CACERT_BYTES`); without effect beside `caFile`. */
  readonly ca?: string | undefined;
  /** Directory of such files (`VAULT_CAPATH`); without effect beside `caFile` and `ca`. */
  readonly caDirectory?: string | undefined;
  /** File with the client's certificate and its chain, in PEM (`VAULT_CLIENT_CERT`). */
  readonly certFile?: string | undefined;
  /** File with the private key of that certificate, in PEM (`VAULT_CLIENT_KEY`). */
  readonly keyFile?: string | undefined;
  /** Name in the server's certificate, where it is not that of the address (`VAULT_TLS_SERVER_NAME`). */
  readonly serverName?: string | undefined;
}

/** By what names the options are known. */
const TLS_FIELDS = {
  caFile: 'tls.caFile (VAULT_CACERT)',
  ca: 'tls.ca (VAULT_CACERT_BYTES)',
  caDirectory: 'tls.caDirectory (VAULT_CAPATH)',
  certFile: 'tls.certFile (VAULT_CLIENT_CERT)',
  keyFile: 'tls.keyFile (VAULT_CLIENT_KEY)',
  serverName: 'tls.serverName (VAULT_TLS_SERVER_NAME)',
} as const;

type TlsField = keyof typeof TLS_FIELDS;

const MOST_FILES = 1_000;
const CERTIFICATE = '-----BEGIN CERTIFICATE-----';

/** @throws ConfigurationError that names the option */
export function checkTls(tls: unknown): VaultTlsOptions {
  const given = checkFields(tls, 'tls', Object.keys(TLS_FIELDS)) as VaultTlsOptions;
  for (const [field, name] of Object.entries(TLS_FIELDS) as [TlsField, string][]) {
    const value: unknown = given[field];
    if (value !== undefined && (typeof value !== 'string' || value === '')) {
      throw new ConfigurationError(`VaultTransitKey: ${name} must be a text that is not empty.`);
    }
  }
  if ((given.certFile === undefined) !== (given.keyFile === undefined)) {
    throw new ConfigurationError(
      `VaultTransitKey: ${TLS_FIELDS.certFile} and ${TLS_FIELDS.keyFile} belong together: set both, or neither.`,
    );
  }
  return given;
}

/** What `tls.connect` takes. */
export interface TlsMaterial {
  readonly ca?: string;
  readonly cert?: string;
  readonly key?: string;
  readonly servername?: string;
}

/** The files of the options, and whether they have changed since they were read. */
export class TlsFiles {
  readonly #options: VaultTlsOptions;
  #seen = '';

  constructor(options: VaultTlsOptions) {
    this.#options = options;
  }

  /** @throws ConfigurationError that names the option, when a file cannot be read or used */
  read(): TlsMaterial {
    const seen = this.#signature();
    const { certFile, keyFile, serverName } = this.#options;
    const ca = this.#authorities();
    const material: TlsMaterial = {
      ...(ca === undefined ? {} : { ca }),
      ...(certFile === undefined ? {} : { cert: this.#text('certFile', certFile) }),
      ...(keyFile === undefined ? {} : { key: this.#text('keyFile', keyFile) }),
      ...(serverName === undefined ? {} : { servername: serverName }),
    };
    try {
      createSecureContext(material);
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      throw new ConfigurationError(
        `VaultTransitKey: ${TLS_FIELDS.certFile} and ${TLS_FIELDS.keyFile} are no certificate and its key (${code ?? 'unknown error'}). Write both in PEM; the key must be the certificate's, and without a passphrase.`,
      );
    }
    this.#seen = seen;
    return material;
  }

  /** What was read, where a file has changed and all can be used; not while one is being replaced. */
  readIfChanged(): TlsMaterial | undefined {
    try {
      return this.#signature() === this.#seen ? undefined : this.read();
    } catch {
      return undefined;
    }
  }

  #paths(): readonly (readonly [TlsField, string])[] {
    const { caFile, ca, caDirectory, certFile, keyFile } = this.#options;
    const authorities: (readonly [TlsField, string])[] =
      caFile !== undefined
        ? [['caFile', caFile]]
        : ca === undefined && caDirectory !== undefined
          ? this.#directory(caDirectory).map((path) => ['caDirectory', path] as const)
          : [];
    const own: (readonly [TlsField, string])[] =
      certFile === undefined || keyFile === undefined
        ? []
        : [
            ['certFile', certFile],
            ['keyFile', keyFile],
          ];
    return [...authorities, ...own];
  }

  #directory(path: string): readonly string[] {
    const names = this.#try('caDirectory', path, () => readdirSync(path));
    const paths = names.slice(0, MOST_FILES).map((name) => join(path, name));
    return paths.filter((each) => statSync(each, { throwIfNoEntry: false })?.isFile() === true);
  }

  /** Changes when a file is written, replaced, added or taken away. */
  #signature(): string {
    return this.#paths()
      .map(([field, path]) => {
        const { mtimeMs, size, ino } = this.#try(field, path, () => statSync(path));
        return [path, mtimeMs, size, ino].join(':');
      })
      .join('|');
  }

  #authorities(): string | undefined {
    const { caFile, ca, caDirectory } = this.#options;
    const [field, texts] =
      caFile !== undefined
        ? (['caFile', [this.#text('caFile', caFile)]] as const)
        : ca !== undefined
          ? (['ca', [ca]] as const)
          : (['caDirectory', caDirectory === undefined ? undefined : this.#texts(caDirectory)] as const);
    if (texts === undefined) return undefined;
    const found = texts.filter((text) => text.includes(CERTIFICATE)).join('\n');
    if (found === '') {
      throw new ConfigurationError(
        `VaultTransitKey: ${TLS_FIELDS[field]} holds no certificate. Write the certificate of the authority that signs the server's, in PEM.`,
      );
    }
    return found;
  }

  #texts(directory: string): readonly string[] {
    return this.#directory(directory).map((path) => this.#text('caDirectory', path));
  }

  #text(field: TlsField, path: string): string {
    return this.#try(field, path, () => readFileSync(path, 'utf8'));
  }

  #try<T>(field: TlsField, path: string, read: () => T): T {
    try {
      return read();
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      throw new ConfigurationError(
        `VaultTransitKey: ${TLS_FIELDS[field]}: ${JSON.stringify(path)} cannot be read (${code ?? 'unknown error'}). Check the path, and that this process may read it.`,
      );
    }
  }
}

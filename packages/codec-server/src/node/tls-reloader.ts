import type { Server } from 'node:http';
import type { Server as TlsServer } from 'node:tls';
import { ConfigurationError } from '@waxseal/core';
import type { Connections } from './connections';
import {
  checkTlsMaterial,
  readTlsMaterial,
  type TlsMaterial,
  secureContext,
  type SecureContext,
} from './tls-material';
import type { TlsSettings } from './tls-options';

/**
 * Looks at the files of a certificate at intervals, and hands on what they hold when it has changed and is
 * usable. It reads them whole each time, so that it does not matter whether they are written, renamed or, as
 * Kubernetes does, changed by swapping a symbolic link. It never throws.
 */
class TlsReloader {
  readonly #settings: TlsSettings;
  readonly #use: (material: TlsMaterial) => void;
  #material: TlsMaterial;
  #notAfter: Date;
  #failure: string | undefined;
  #isTold = false;
  #timer: NodeJS.Timeout | undefined;

  /**
   * @param material what is in use, checked
   * @param notAfter end of its validity
   * @param use takes what the files hold now, checked
   */
  constructor(
    settings: TlsSettings,
    material: TlsMaterial,
    notAfter: Date,
    use: (material: TlsMaterial) => void,
  ) {
    this.#settings = settings;
    this.#material = material;
    this.#notAfter = notAfter;
    this.#use = use;
    const { cert, key, clientCa } = settings;
    if (cert.isFile || key.isFile || clientCa?.isFile === true) this.#schedule();
  }

  stop(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  #schedule(): void {
    this.#timer = setTimeout(() => {
      void this.#look().then(() => {
        if (this.#timer !== undefined) this.#schedule();
      });
    }, this.#settings.reloadInterval).unref();
  }

  async #look(): Promise<void> {
    try {
      const found = await readTlsMaterial(this.#settings);
      if (!isSame(found, this.#material)) {
        const notAfter = checkTlsMaterial(found, this.#settings);
        this.#use(found);
        this.#material = found;
        this.#notAfter = notAfter;
        this.#settings.onReload({ notAfter, error: undefined });
      }
      this.#failure = undefined;
    } catch (error) {
      this.#fail(
        error instanceof ConfigurationError
          ? error
          : new ConfigurationError('The certificate cannot be used.'),
      );
    }
  }

  #fail(error: ConfigurationError): void {
    if (error.message !== this.#failure) {
      this.#failure = error.message;
      this.#isTold = false;
    } else if (!this.#isTold) {
      this.#isTold = true;
      this.#settings.onReload({ notAfter: this.#notAfter, error });
    }
  }
}

function isSame(one: TlsMaterial, other: TlsMaterial): boolean {
  return one.cert === other.cert && one.key === other.key && one.clientCa === other.clientCa;
}

/** A certificate that was read and is usable. */
export interface StartedTls {
  readonly context: SecureContext;
  /** Gives new connections of a server what the files hold from now on. */
  watch(server: Server, connections: Connections): TlsReloader;
}

/**
 * Reads the certificate that the settings name.
 *
 * @throws ConfigurationError that names the field
 */
export async function startTls(settings: TlsSettings): Promise<StartedTls> {
  const material = await readTlsMaterial(settings);
  const notAfter = checkTlsMaterial(material, settings);
  return {
    context: secureContext(material, settings),
    watch: (server, connections) => {
      let { clientCa } = material;
      return new TlsReloader(settings, material, notAfter, (next) => {
        (server as unknown as TlsServer).setSecureContext(secureContext(next, settings));
        // An open connection stays authorized by the authorities of its handshake.
        if (next.clientCa !== clientCa) connections.renew();
        ({ clientCa } = next);
      });
    },
  };
}

import { ConfigurationError } from '@waxseal/core';
import { checkTlsMaterial } from './check-tls-material';
import { readTlsMaterial } from './read-tls-material';
import type { TlsMaterial } from './tls-material';
import type { TlsSettings } from './tls-settings';

/**
 * Looks at the files of a certificate at intervals, and hands on what they hold when it has changed and is usable. It reads
 * them whole each time, so that it does not matter whether they are written, renamed or, as Kubernetes does, changed by
 * swapping a symbolic link. It never throws.
 */
export class TlsReloader {
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
    }, this.#settings.reloadIntervalMs).unref();
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

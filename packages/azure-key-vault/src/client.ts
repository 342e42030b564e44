import {
  CryptographyClient,
  type CryptographyClientOptions,
  KeyClient,
  type KeyVaultKey,
} from '@azure/keyvault-keys';
import { ownConnections } from './connections';
import type { CheckedAzureKeyVaultKeyOptions } from './options';

/** One client of the SDK, with what keeps its first request alone. */
export interface KeyVaultClient<Client> {
  readonly client: Client;
  readonly first: FirstRequestGate;
}

/** Versions are named by payloads: no more clients than this are kept. */
const MAX_CLIENTS = 32;

/**
 * The SDK's clients of one key: one for each version, since a `CryptographyClient` knows only one. Making
 * them asks nothing.
 */
export class KeyVaultClients {
  readonly #options: CheckedAzureKeyVaultKeyOptions;
  readonly #connections = ownConnections();
  readonly #ofVersions = new Map<string, KeyVaultClient<CryptographyClient>>();
  #keys: KeyVaultClient<KeyClient> | undefined;

  constructor(options: CheckedAzureKeyVaultKeyOptions) {
    this.#options = options;
  }

  /** For questions about the key. */
  get keys(): KeyVaultClient<KeyClient> {
    const { reference, credential } = this.#options;
    return (this.#keys ??= {
      client: new KeyClient(reference.vaultUrl, credential, this.#clientOptions()),
      first: new FirstRequestGate(),
    });
  }

  /** @param version 32 hexadecimal digits; `undefined` for the current one */
  ofVersion(version: string | undefined): KeyVaultClient<CryptographyClient> {
    const id = version ?? '';
    const kept = this.#ofVersions.get(id);
    if (kept !== undefined) this.#ofVersions.delete(id);
    const client = kept ?? { client: this.#newClient(version), first: new FirstRequestGate() };
    this.#ofVersions.set(id, client);
    const [oldest] = this.#ofVersions.keys();
    if (this.#ofVersions.size > MAX_CLIENTS && oldest !== undefined) this.#ofVersions.delete(oldest);
    return client;
  }

  #newClient(version: string | undefined): CryptographyClient {
    const { reference, credential } = this.#options;
    const { vaultUrl, name, url } = reference;
    // By its ID alone, the client would first ask for the key, keep its dates and operations for ever, and
    // refuse by them.
    const key: KeyVaultKey = {
      id: version === undefined ? url : `${url}/${version}`,
      name,
      properties: { name, vaultUrl, ...(version === undefined ? {} : { version }) },
    };
    return new CryptographyClient(key, credential, this.#clientOptions());
  }

  #clientOptions(): CryptographyClientOptions {
    const { clientOptions } = this.#options;
    const additionalPolicies = [...(clientOptions.additionalPolicies ?? []), this.#connections];
    return { ...clientOptions, additionalPolicies };
  }
}

/**
 * Lets nothing run beside the first work.
 *
 * The SDK's authentication policy keeps the body of a client's first request back until the service's
 * challenge came. A second request in that time ends the state in which the body is put back, and the first
 * is then sent without one.
 */
class FirstRequestGate {
  #first: Promise<void> | undefined;

  /**
   * @param signal ends the waiting; of the first work also the waiting of all others
   * @throws what `work` throws, or the signal's reason
   */
  async run<T>(work: () => Promise<T>, signal: AbortSignal): Promise<T> {
    signal.throwIfAborted();
    if (this.#first !== undefined) {
      await this.#first;
      signal.throwIfAborted();
      return work();
    }
    const started = work();
    this.#first = new Promise((resolve) => {
      const settle = (): void => {
        signal.removeEventListener('abort', settle);
        resolve();
      };
      started.then(settle, settle);
      signal.addEventListener('abort', settle);
    });
    return started;
  }
}

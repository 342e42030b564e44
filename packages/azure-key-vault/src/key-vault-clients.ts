import { CryptographyClient, KeyClient, type KeyVaultKey } from '@azure/keyvault-keys';

import type { CheckedAzureKeyVaultKeyOptions } from './check-azure-key-vault-key-options';
import { FirstAlone } from './first-alone';

/** One client of the SDK, with what keeps its first request alone. */
export interface KeyVaultClient<Client> {
  readonly client: Client;
  readonly first: FirstAlone;
}

/** Versions are named by payloads: no more clients than this are kept. */
const MAX_CLIENTS = 32;

/** The SDK's clients of one key: one for each version, since a `CryptographyClient` knows only one. Making them asks nothing. */
export class KeyVaultClients {
  readonly #options: CheckedAzureKeyVaultKeyOptions;
  readonly #ofVersions = new Map<string, KeyVaultClient<CryptographyClient>>();
  #keys: KeyVaultClient<KeyClient> | undefined;

  constructor(options: CheckedAzureKeyVaultKeyOptions) {
    this.#options = options;
  }

  /** For questions about the key. */
  get keys(): KeyVaultClient<KeyClient> {
    const { reference, credential, clientOptions } = this.#options;
    return (this.#keys ??= {
      client: new KeyClient(reference.vaultUrl, credential, { ...clientOptions }),
      first: new FirstAlone(),
    });
  }

  /** @param version 32 hexadecimal digits; `undefined` for the current one */
  ofVersion(version: string | undefined): KeyVaultClient<CryptographyClient> {
    const id = version ?? '';
    const kept = this.#ofVersions.get(id);
    if (kept !== undefined) this.#ofVersions.delete(id);
    const client = kept ?? { client: this.#newClient(version), first: new FirstAlone() };
    this.#ofVersions.set(id, client);
    const [oldest] = this.#ofVersions.keys();
    if (this.#ofVersions.size > MAX_CLIENTS && oldest !== undefined) this.#ofVersions.delete(oldest);
    return client;
  }

  #newClient(version: string | undefined): CryptographyClient {
    const { reference, credential, clientOptions } = this.#options;
    const { vaultUrl, name, url } = reference;
    // By its ID alone, the client would first ask for the key, keep its dates and operations for ever, and refuse by them.
    const key: KeyVaultKey = {
      id: version === undefined ? url : `${url}/${version}`,
      name,
      properties: { name, vaultUrl, ...(version === undefined ? {} : { version }) },
    };
    return new CryptographyClient(key, credential, { ...clientOptions });
  }
}

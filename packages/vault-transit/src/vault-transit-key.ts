import { inspect } from 'node:util';
import {
  assertUnwrappable,
  KeyServiceAnswerError,
  KeyServiceError,
  requestKeyService,
  withDeadline,
  type Environment,
  type KeyDescribeOptions,
  type KeyDescription,
  type KeyEncryptionKey,
  type KeyId,
  type KeyPermissions,
  type KeyRequestOptions,
  type WrappedKey,
} from '@waxseal/core/provider';
import { optionsFromUri } from './from-uri';
import { dataKeyOf, describeTransitKey, historyOfTransitKey, wrappedKeyOf } from './exchange';
import type { JsonObject } from './checks';
import { vaultSettings, type VaultSettings, type VaultTransitKeyOptions } from './options';
import { parseTransitCiphertext, transitVersionOf } from './key-name';
import { tokenHolder, transitPermission } from './permissions';
import { tokenSourceOf } from './login';
import { TransitRequests, VaultClient } from './client';
import { explainVaultError, MUST_EXIST } from './errors';
import { vaultFetch } from './transport';

/**
 * A key of the Transit engine of HashiCorp Vault or OpenBao as a key-encryption key. The AAD is Transit's
 * `associated_data`; payloads record the version of the key that wrapped.
 *
 * No request can create a key. Data keys pass through strings on their way (HTTP bodies are JSON), which
 * cannot be zeroed.
 */
export class VaultTransitKey implements KeyEncryptionKey {
  readonly id: KeyId;
  readonly provider = 'vault-transit';
  readonly bindsAad = true;

  readonly #settings: VaultSettings;
  readonly #requests: TransitRequests;

  /** Makes no call. @throws ConfigurationError that names the field */
  constructor(options: VaultTransitKeyOptions) {
    this.#settings = vaultSettings(options);
    const { id, address, namespace } = this.#settings;
    this.id = id;
    const client = new VaultClient(
      address,
      namespace,
      options.fetch ?? vaultFetch(address, options.tls, options.proxy),
    );
    const tokens = tokenSourceOf(options.auth, client);
    this.#requests = new TransitRequests(this.#settings, client, tokens);
  }

  /**
   * The key of `vaulttransit://<mount>/<key name>`, with a namespace in front where there is one. Address,
   * login, namespace and certificates come from the variables that the services' own command lines read:
   * `VAULT_ADDR`, `VAULT_TOKEN`, `VAULT_NAMESPACE`, `VAULT_CACERT` and so on.
   *
   * @throws ConfigurationError when the URI is malformed or a variable is missing; the service is not asked
   */
  static fromUri(uri: string | URL, environment: Environment = process.env): VaultTransitKey {
    return new VaultTransitKey(optionsFromUri(uri, environment));
  }

  /**
   * Whether `keyId` is a version of this key, by its `id` or by its name in the service, which is not asked
   * whether the version exists.
   */
  owns(keyId: KeyId): boolean {
    return this.#versionOf(keyId) !== undefined;
  }

  /** @throws KeyServiceError */
  async wrap(dataKey: Uint8Array, aad: Uint8Array, options?: KeyRequestOptions): Promise<WrappedKey> {
    const plaintext = base64(dataKey);
    const body = { plaintext, associated_data: base64(aad), type: MUST_EXIST };
    return this.#request(this.id, options, this.#settings.encryptPath, body, plaintext, (answer) =>
      wrappedKeyOf(answer, this.id),
    );
  }

  /**
   * @throws KeyServiceError `not-found` when the wrapped key names another key, `rejected-ciphertext` when it
   *   is not of the version that it names; the service is not asked then
   */
  async unwrap(wrapped: WrappedKey, aad: Uint8Array, options?: KeyRequestOptions): Promise<Uint8Array> {
    const { keyId, bytes } = wrapped;
    const version = this.#versionOf(keyId);
    assertUnwrappable(wrapped, version !== undefined);
    const ciphertext = parseTransitCiphertext(bytes);
    if (ciphertext?.version !== version) throw new KeyServiceError(keyId, 'rejected-ciphertext');
    const body = { ciphertext: ciphertext.text, associated_data: base64(aad) };
    const dataKey = await this.#request(
      keyId,
      options,
      this.#settings.decryptPath,
      body,
      undefined,
      dataKeyOf,
    );
    if (dataKey === undefined) throw new KeyServiceError(keyId, 'rejected-ciphertext');
    return dataKey;
  }

  /**
   * What the service says of the key now. Needs `read` on `<mount>/keys/<key>`.
   *
   * @throws KeyServiceError
   */
  async describe(options?: KeyDescribeOptions): Promise<KeyDescription> {
    const { keyPath } = this.#settings;
    return this.#request(this.id, options, keyPath, undefined, undefined, (answer) => ({
      ...describeTransitKey(answer, keyPath),
      clockAheadMs: this.#requests.clockAheadMs,
      ...(options?.history === true ? { history: historyOfTransitKey(answer) } : {}),
    }));
  }

  /**
   * Who holds the token, and whether its policies let it encrypt and decrypt. Needs nothing beyond the
   * `default` policy.
   *
   * @throws KeyServiceError
   */
  async checkPermissions(_aad: Uint8Array, options?: KeyRequestOptions): Promise<KeyPermissions> {
    const { encryptPath, decryptPath } = this.#settings;
    const body = { paths: [encryptPath, decryptPath] };
    const [caller, capabilities] = await Promise.all([
      this.#request(this.id, options, 'auth/token/lookup-self', undefined, undefined, tokenHolder),
      this.#request(this.id, options, 'sys/capabilities-self', body, undefined, (answer) => answer),
    ]);
    return {
      caller,
      wrap: transitPermission(capabilities, encryptPath, this.id),
      unwrap: transitPermission(capabilities, decryptPath, this.id),
    };
  }

  #versionOf(keyId: KeyId): number | undefined {
    return transitVersionOf(keyId, this.id) ?? transitVersionOf(keyId, this.#settings.name);
  }

  #request<T>(
    keyId: KeyId,
    options: KeyRequestOptions | undefined,
    path: string,
    body: JsonObject | undefined,
    secret: string | undefined,
    read: (answer: JsonObject) => T,
  ): Promise<T> {
    return requestKeyService({
      keyId,
      options,
      explain: explainVaultError,
      attempt: async (signal, { attemptTimeoutMs }) => {
        const secrets = secret === undefined ? [] : [secret];
        const ms = attemptTimeoutMs * EARLIER;
        const send = (own: AbortSignal): Promise<JsonObject> =>
          this.#requests.send({ path, body, secrets, signal: own, loginTimeoutMs: ms });
        return read(await withDeadline(ms, signal, send, () => noAnswerWithin(ms, this.#settings.address)));
      },
    });
  }

  /** The key ID only. */
  toJSON(): { readonly id: KeyId } {
    return { id: this.id };
  }

  [inspect.custom](): string {
    return `VaultTransitKey ${inspect(this.toJSON())}`;
  }
}

/** Part of an attempt's time after which it ends by itself, and says what did not answer. */
const EARLIER = 0.9;

function noAnswerWithin(ms: number, address: string): Error {
  return new KeyServiceAnswerError(
    `${address}: no answer within ${String(ms)} ms. Check network and firewall, HTTPS_PROXY and NO_PROXY, and the load of the server.`,
    'timeout',
  );
}

function base64(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('base64');
}

import { inspect } from 'node:util';
import {
  askFurther,
  assertUnwrappable,
  KeyServiceAnswerError,
  KeyServiceError,
  requestKeyService,
  type KeyDescribeOptions,
  type KeyDescription,
  type KeyEncryptionKey,
  type KeyId,
  type KeyPermissions,
  type KeyRequestLimits,
  type KeyRequestOptions,
  type WrappedKey,
} from '@waxseal/core/provider';
import { recordAnswer, type KeyVaultExchange, explainAzureError } from './errors';
import {
  type AzureKeyVaultKeyOptions,
  checkAzureKeyVaultKeyOptions,
  type CheckedAzureKeyVaultKeyOptions,
} from './options';
import { describeKey, dataKeyOf, type SdkOptions, UnusableVersions, WRAPPED_BYTES } from './exchange';
import { optionsFromUri } from './from-uri';
import { historyOf, listVersions } from './history';
import { keyVersionOf, versionOfAnswer } from './key-name';
import { KeyVaultClients, type KeyVaultClient } from './client';
import { publicKeyOf, PublicKeySource, wrapWithPublicKey } from './public-key';
import { TokenCache } from './permissions';

const NO_DRY_RUN = 'Azure Key Vault has no dry run: only wrapping and unwrapping tell.';

/**
 * A key of Azure Key Vault or of a Managed HSM. Data keys are wrapped by `wrapKey` or, by choice, in this
 * process with the public key; they are unwrapped by `unwrapKey`, with the version that the payload names.
 *
 * The service has nowhere to put the AAD. What a payload belongs to is bound by its content layer.
 */
export class AzureKeyVaultKey implements KeyEncryptionKey {
  readonly id: KeyId;
  readonly provider = 'azure-key-vault';
  readonly bindsAad = false;

  readonly #options: CheckedAzureKeyVaultKeyOptions;
  readonly #tokens: TokenCache;
  readonly #clients: KeyVaultClients;
  readonly #publicKey: PublicKeySource;
  readonly #unusable = new UnusableVersions();

  /** @throws ConfigurationError that names the field; the service is not asked */
  constructor(options: AzureKeyVaultKeyOptions) {
    const checked = checkAzureKeyVaultKeyOptions(options);
    this.#options = checked;
    this.#tokens = new TokenCache(checked.credential);
    this.#clients = new KeyVaultClients({ ...checked, credential: this.#tokens });
    this.#publicKey = new PublicKeySource((signal) => this.#askPublicKey(signal));
    const { version } = checked.reference;
    this.id = version === undefined ? checked.name : `${checked.name}/${version}`;
  }

  /**
   * The key of `azurekeyvault://<vault host>/keys/<name>[/<version>]`, with `?algorithm=`, `?wrapLocally=true`
   * or `?privateCloud=true`. Credentials come from `DefaultAzureCredential` of `@azure/identity`.
   *
   * @throws ConfigurationError when the URI is malformed or `@azure/identity` is missing; the service is not
   *   asked
   */
  static fromUri(uri: string | URL): AzureKeyVaultKey {
    return new AzureKeyVaultKey(optionsFromUri(uri));
  }

  /**
   * Whether `keyId` is a version of this key; of a key that is configured with a version, whether it is that
   * one.
   */
  owns(keyId: KeyId): boolean {
    return this.#versionOf(keyId) !== undefined;
  }

  /** @throws KeyServiceError */
  async wrap(dataKey: Uint8Array, _aad: Uint8Array, options?: KeyRequestOptions): Promise<WrappedKey> {
    const { algorithm, reference, wrapLocally, name } = this.#options;
    if (wrapLocally) {
      return this.#request(options, this.id, 'wrapKey', async (_exchange, signal, { attemptTimeoutMs }) => {
        const publicKey = await this.#publicKey.get(signal, attemptTimeoutMs);
        return { keyId: `${name}/${publicKey.version}`, bytes: wrapWithPublicKey(publicKey, dataKey) };
      });
    }
    const client = this.#clients.ofVersion(reference.version);
    return this.#ask(options, this.id, 'wrapKey', client, async (sdk, sdkOptions, exchange) => {
      const { result } = (await sdk.wrapKey(algorithm, dataKey, sdkOptions)) as { result?: Uint8Array };
      const version = versionOfAnswer(exchange.kid, reference);
      const state = this.#unusable.stateOf(version);
      if (state !== undefined) {
        const text = `The key’s version ${version} is ${state}: what wrapKey gave would not be unwrapped.`;
        throw new KeyServiceAnswerError(text, 'disabled');
      }
      const length = result?.length ?? 0;
      if (result === undefined || !WRAPPED_BYTES[algorithm].includes(length)) {
        throw new KeyServiceAnswerError(
          `wrapKey answered a wrapped key of ${String(length)} bytes.`,
          'unknown',
        );
      }
      return { keyId: `${name}/${version}`, bytes: new Uint8Array(result) };
    });
  }

  /**
   * @throws KeyServiceError; of reason `rejected-ciphertext` also when the service used another version than
   *   was asked
   */
  async unwrap(wrapped: WrappedKey, _aad: Uint8Array, options?: KeyRequestOptions): Promise<Uint8Array> {
    const { algorithm, reference } = this.#options;
    const { keyId, bytes } = wrapped;
    const version = this.#versionOf(keyId);
    assertUnwrappable(wrapped, version !== undefined);
    if (!WRAPPED_BYTES[algorithm].includes(bytes.length)) {
      throw new KeyServiceError(keyId, 'rejected-ciphertext');
    }
    const client = this.#clients.ofVersion(version);
    try {
      return await this.#ask(options, keyId, 'unwrapKey', client, async (sdk, sdkOptions, exchange) => {
        const { result } = (await sdk.unwrapKey(algorithm, bytes, sdkOptions)) as { result?: Uint8Array };
        this.#unusable.remove(version);
        return dataKeyOf(result, exchange.kid, { ...reference, version }, sdkOptions.abortSignal);
      });
    } catch (error) {
      if (error instanceof KeyServiceError && error.reason === 'disabled') this.#unusable.add(version);
      throw error;
    }
  }

  /**
   * What the service says of the key now. Needs the right to read keys, and shows the rotation policy where
   * that may be read.
   *
   * @throws KeyServiceError
   */
  async describe(options?: KeyDescribeOptions): Promise<KeyDescription> {
    const { reference } = this.#options;
    const { name, version } = reference;
    const { keys } = this.#clients;
    const { key, policy } = await this.#ask(options, this.id, 'getKey', keys, async (sdk, sdkOptions) => {
      const key = await sdk.getKey(name, { ...sdkOptions, ...(version === undefined ? {} : { version }) });
      this.#unusable.learn(key.properties.version, key);
      const { abortSignal } = sdkOptions;
      const policy = await sdk.getKeyRotationPolicy(name, { abortSignal }).catch(() => undefined);
      return { key, policy };
    });
    const description = describeKey(key, policy, reference);
    if (options?.history !== true) return description;
    const untold: string[] = [];
    const listed = await askFurther('versions', 'the right to list keys', untold, () =>
      this.#ask(options, this.id, 'getKey', keys, (sdk, sdkOptions) => listVersions(sdk, name, sdkOptions)),
    );
    return { ...description, history: historyOf(key, policy, listed, untold) };
  }

  /**
   * Who the caller is, from the claims of the access token. The token is got by asking for the key; that this
   * may be refused is of no consequence. Azure Key Vault cannot be asked whether a caller may wrap or unwrap.
   *
   * @throws KeyServiceError
   */
  async checkPermissions(_aad: Uint8Array, options?: KeyRequestOptions): Promise<KeyPermissions> {
    const { name } = this.#options.reference;
    try {
      await this.#ask(options, this.id, 'getKey', this.#clients.keys, async (sdk, sdkOptions) => {
        const key = await sdk.getKey(name, sdkOptions);
        this.#unusable.learn(key.properties.version, key);
      });
    } catch (error) {
      const isForbidden = error instanceof KeyServiceError && error.reason === 'denied';
      if (!isForbidden || this.#tokens.caller === undefined) throw error;
    }
    const untold = { allowed: undefined, because: NO_DRY_RUN } as const;
    return { caller: this.#tokens.caller, wrap: untold, unwrap: untold };
  }

  /** Key IDs only. */
  toJSON(): { readonly id: KeyId; readonly keyId: string; readonly algorithm: string } {
    const { reference, algorithm } = this.#options;
    const { url, version } = reference;
    return { id: this.id, keyId: version === undefined ? url : `${url}/${version}`, algorithm };
  }

  [inspect.custom](): string {
    return `AzureKeyVaultKey ${inspect(this.toJSON())}`;
  }

  /** The version that a recorded key ID names, by this key's name or by its URL. */
  #versionOf(keyId: KeyId): string | undefined {
    const { name, reference } = this.#options;
    const version = keyVersionOf(keyId, name) ?? keyVersionOf(keyId, reference.url);
    return reference.version === undefined || reference.version === version ? version : undefined;
  }

  async #askPublicKey(signal: AbortSignal): ReturnType<PublicKeySource['get']> {
    const { reference } = this.#options;
    const { name, version } = reference;
    const { client, first } = this.#clients.keys;
    const exchange: KeyVaultExchange = { operation: 'getKey' };
    try {
      const options = { abortSignal: signal, onResponse: recordAnswer(exchange) };
      const ask = (): ReturnType<typeof client.getKey> =>
        client.getKey(name, { ...options, ...(version === undefined ? {} : { version }) });
      const answer = await first.run(() => this.#tokens.withNewOne(exchange, ask), signal);
      return publicKeyOf(answer, reference);
    } catch (error) {
      throw error instanceof KeyServiceAnswerError ? error : explainAzureError(error, exchange).cause;
    }
  }

  #ask<Client, T>(
    options: KeyRequestOptions | undefined,
    keyId: KeyId,
    operation: KeyVaultExchange['operation'],
    { client, first }: KeyVaultClient<Client>,
    ask: (client: Client, options: SdkOptions, exchange: KeyVaultExchange) => Promise<T>,
  ): Promise<T> {
    return this.#request(options, keyId, operation, (exchange, abortSignal) => {
      const sdkOptions = { abortSignal, onResponse: recordAnswer(exchange) };
      const once = (): Promise<T> => ask(client, sdkOptions, exchange);
      return first.run(() => this.#tokens.withNewOne(exchange, once), abortSignal);
    });
  }

  #request<T>(
    options: KeyRequestOptions | undefined,
    keyId: KeyId,
    operation: KeyVaultExchange['operation'],
    ask: (exchange: KeyVaultExchange, signal: AbortSignal, limits: KeyRequestLimits) => Promise<T>,
  ): Promise<T> {
    let exchange: KeyVaultExchange = { operation };
    return requestKeyService({
      keyId,
      options,
      attempt: (signal, limits) => {
        exchange = { operation };
        return this.#tokens.within(limits.attemptTimeoutMs, signal, (own) => ask(exchange, own, limits));
      },
      explain: (error) => explainAzureError(error, exchange),
    });
  }
}

import { inspect } from 'node:util';
import {
  askFurther,
  assertUnwrappable,
  keyRequestLimits,
  KeyServiceAnswerError,
  KeyServiceError,
  requestKeyService,
  type Environment,
  type KeyDescribeOptions,
  type KeyDescription,
  type KeyEncryptionKey,
  type KeyId,
  type KeyPermission,
  type KeyPermissions,
  type KeyRequestOptions,
  type WrappedKey,
} from '@waxseal/core/provider';
import { checkGcpKmsKeyOptions, type CheckedGcpKmsKeyOptions, type GcpKmsKeyOptions } from './options';
import { crc32c, dataKeyOf, takeWrappedKey } from './exchange';
import { optionsFromUri } from './from-uri';
import { describeCryptoKey, findCaller, historyOf } from './permissions';
import { endCallOnAbort, type GcpCallOptions, type GcpKmsClient } from './client';
import { explainGcpError, isTokenRefused, type GcpMethod } from './errors';
import { VERSIONS, versionOf } from './key-name';
import { EARLIER, RenewableClient } from './renewable-client';

const MAY_WRAP = 'cloudkms.cryptoKeyVersions.useToEncrypt';
/** The service lists no more at once, and says nothing of their order. */
const MOST_LISTED = 1000;
const MAY_UNWRAP = 'cloudkms.cryptoKeyVersions.useToDecrypt';

/**
 * A symmetric encryption key of Google Cloud KMS. Data keys are wrapped by `Encrypt` and unwrapped by
 * `Decrypt`, with the AAD, and with CRC32C checksums of everything that is sent and answered.
 *
 * The version that the service answers is recorded. `Decrypt` names the configured key, never what a payload
 * names; the ciphertext tells the service the version.
 */
export class GcpKmsKey implements KeyEncryptionKey {
  readonly id: KeyId;
  readonly provider = 'gcp-kms';
  readonly bindsAad = true;

  readonly #options: CheckedGcpKmsKeyOptions;
  readonly #clients: RenewableClient;

  /** @throws ConfigurationError that names the field; the service is not asked */
  constructor(options: GcpKmsKeyOptions) {
    this.#options = checkGcpKmsKeyOptions(options);
    this.#clients = new RenewableClient(this.#options.client);
    this.id = this.#options.id ?? this.#options.keyName;
  }

  /**
   * The key of `gcpkms://projects/…/locations/…/keyRings/…/cryptoKeys/…[?endpoint=<host>[:<port>]]`.
   * Credentials come from where Google's libraries find them (Application Default Credentials), the proxy
   * from `HTTPS_PROXY`, `HTTP_PROXY` and `NO_PROXY`.
   *
   * @throws ConfigurationError when the URI is malformed; the service is not asked
   */
  static fromUri(uri: string | URL, environment: Environment = process.env): GcpKmsKey {
    return new GcpKmsKey(optionsFromUri(uri, environment));
  }

  /**
   * Whether `keyId` is the resource name of a version of this key or, where it has a name of its own, a
   * version of that name.
   */
  owns(keyId: KeyId): boolean {
    return versionOf(this.id, keyId) !== undefined || versionOf(this.#options.keyName, keyId) !== undefined;
  }

  /** @throws KeyServiceError */
  async wrap(dataKey: Uint8Array, aad: Uint8Array, options?: KeyRequestOptions): Promise<WrappedKey> {
    const { keyName } = this.#options;
    return this.#request(options, this.id, 'Encrypt', async (client, call) => {
      const [answer] = await client.encrypt(
        {
          name: keyName,
          plaintext: dataKey,
          plaintextCrc32c: { value: crc32c(dataKey) },
          ...withChecksum(aad),
        },
        call,
      );
      const { version, bytes } = takeWrappedKey(answer, keyName);
      return { keyId: `${this.id}${VERSIONS}${version}`, bytes };
    });
  }

  /** @throws KeyServiceError */
  async unwrap(wrapped: WrappedKey, aad: Uint8Array, options?: KeyRequestOptions): Promise<Uint8Array> {
    const { keyName } = this.#options;
    assertUnwrappable(wrapped, this.owns(wrapped.keyId));
    return this.#request(options, wrapped.keyId, 'Decrypt', async (client, call, signal) => {
      const [answer] = await client.decrypt(
        {
          name: keyName,
          ciphertext: wrapped.bytes,
          ciphertextCrc32c: { value: crc32c(wrapped.bytes) },
          ...withChecksum(aad),
        },
        call,
      );
      return dataKeyOf(answer, signal);
    });
  }

  /**
   * What the service says of the key and its primary version now. Needs `cloudkms.cryptoKeys.get`; for its
   * history also `cloudkms.cryptoKeyVersions.list`.
   *
   * @throws KeyServiceError
   */
  async describe(options?: KeyDescribeOptions): Promise<KeyDescription> {
    const { keyName } = this.#options;
    const key = await this.#request(options, this.id, 'GetCryptoKey', async (client, call) => {
      const [answer] = await client.getCryptoKey({ name: keyName }, call);
      return answer;
    });
    const description = describeCryptoKey(key, keyName);
    if (options?.history !== true) return description;
    const untold: string[] = [];
    const listed = await askFurther('versions', 'cloudkms.cryptoKeyVersions.list', untold, () =>
      this.#request(options, this.id, 'ListCryptoKeyVersions', async (client, call) => {
        const request = { parent: keyName, pageSize: MOST_LISTED };
        const answer = await client.listCryptoKeyVersions?.(request, { ...call, autoPaginate: false });
        return { versions: answer?.[0], isCut: Boolean(answer?.[1]) };
      }),
    );
    const history = historyOf(key, keyName, listed?.versions, listed?.isCut === true);
    return { ...description, history: { ...history, untold } };
  }

  /**
   * Asks the service, by `TestIamPermissions`, whether the caller may wrap and unwrap; that itself needs no
   * right. Of a key that does not exist it says that nothing is allowed. IAM knows no condition on the AAD,
   * so `aad` is not used.
   *
   * @throws KeyServiceError when the service cannot be asked
   */
  async checkPermissions(_aad: Uint8Array, options?: KeyRequestOptions): Promise<KeyPermissions> {
    const { keyName } = this.#options;
    const permissions = await this.#request(options, this.id, 'TestIamPermissions', async (client, call) => {
      const request = { resource: keyName, permissions: [MAY_WRAP, MAY_UNWRAP] };
      const [answer] = await client.testIamPermissions(request, call);
      return answer.permissions ?? [];
    });
    const may = (permission: string): KeyPermission =>
      permissions.includes(permission)
        ? { allowed: true }
        : { allowed: false, error: this.#denied(permission) };
    return {
      caller: await findCaller(
        this.#clients.current,
        keyRequestLimits(options).attemptTimeoutMs,
        options?.signal,
      ),
      wrap: may(MAY_WRAP),
      unwrap: may(MAY_UNWRAP),
    };
  }

  /** Key IDs only. */
  toJSON(): { readonly id: KeyId; readonly keyName: string } {
    return { id: this.id, keyName: this.#options.keyName };
  }

  [inspect.custom](): string {
    return `GcpKmsKey ${inspect(this.toJSON())}`;
  }

  #denied(permission: string): KeyServiceError {
    const cause = new KeyServiceAnswerError(
      `The caller lacks ${permission} on ${this.#options.keyName}, or the key does not exist.`,
      'denied',
    );
    return new KeyServiceError(this.id, 'denied', { cause });
  }

  #request<T>(
    options: KeyRequestOptions | undefined,
    keyId: KeyId,
    method: GcpMethod,
    ask: (client: GcpKmsClient, call: GcpCallOptions, signal: AbortSignal) => Promise<T>,
  ): Promise<T> {
    return requestKeyService({
      keyId,
      options,
      attempt: async (signal, { attemptTimeoutMs }) => {
        const call = {
          timeout: attemptTimeoutMs * EARLIER,
          retry: null,
          otherArgs: { options: { interceptors: [endCallOnAbort(signal)] } },
        };
        const send = (): Promise<T> =>
          this.#clients.use(signal, attemptTimeoutMs, (client) => ask(client, call, signal));
        try {
          return await send();
        } catch (error) {
          // A token can be revoked or rotated before it ends: once more, with another.
          if (!isTokenRefused(error) || signal.aborted) throw error;
          return send();
        }
      },
      explain: (error) => explainGcpError(error, method),
    });
  }
}

function withChecksum(aad: Uint8Array): {
  additionalAuthenticatedData: Uint8Array;
  additionalAuthenticatedDataCrc32c: { value: number };
} {
  return {
    additionalAuthenticatedData: aad,
    additionalAuthenticatedDataCrc32c: { value: crc32c(aad) },
  };
}

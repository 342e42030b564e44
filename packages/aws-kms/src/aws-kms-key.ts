import { inspect } from 'node:util';

import { DecryptCommand, EncryptCommand } from '@aws-sdk/client-kms';
import {
  KeyServiceError,
  MAX_WRAPPED_KEY_BYTES,
  requestKeyService,
  type KeyEncryptionKey,
  type KeyId,
  type KeyRequestOptions,
  type WrappedKey,
} from '@waxseal/core';

import { AwsAnswerError } from './aws-answer-error';
import { reasonOfAwsError } from './aws-errors';
import { awsKmsEncryptionContext } from './aws-kms-encryption-context';
import type { AwsKmsKeyDescription } from './aws-kms-key-description';
import type { AwsKmsKeyOptions } from './aws-kms-key-options';
import type { AwsKmsPermission, AwsKmsPermissions } from './aws-kms-permissions';
import { checkAwsKmsKeyOptions, type CheckedAwsKmsKeyOptions } from './check-aws-kms-key-options';
import { parseKmsKeyArn } from './kms-key-arn';
import { KmsKeyResolver } from './kms-key-resolver';
import { takeDataKey } from './take-data-key';
import { withoutSecrets } from './without-secrets';

const DATA_KEY_BYTES = 32;
const ALGORITHM = 'SYMMETRIC_DEFAULT';

/**
 * A symmetric encryption key of AWS KMS. Data keys are wrapped by `Encrypt` and unwrapped by `Decrypt`, with the AAD in the
 * encryption context; `Decrypt` always names the key, and its answer is checked.
 *
 * The key ARN that the service answers is recorded. A multi-region key opens what its replicas wrapped. An alias is resolved by
 * the first wrap, or else by one `DescribeKey` before the first unwrap.
 */
export class AwsKmsKey implements KeyEncryptionKey {
  readonly id: KeyId;
  readonly bindsAad = true;

  readonly #options: CheckedAwsKmsKeyOptions;
  readonly #resolver: KmsKeyResolver;

  /** @throws ConfigurationError that names the field; the service is not asked */
  constructor(options: AwsKmsKeyOptions) {
    this.#options = checkAwsKmsKeyOptions(options);
    this.#resolver = new KmsKeyResolver(this.#options);
    this.id = this.#options.id ?? this.#options.reference.text;
  }

  /**
   * Whether `keyId` is this key's name, its ARN, or the ARN of a replica of it. While an alias is not resolved, every key of
   * its account and region may be meant, and `unwrap` finds out; {@link AwsKmsKey.resolve} makes the answer exact.
   */
  owns(keyId: KeyId): boolean {
    if (keyId === this.id) return true;
    const arn = parseKmsKeyArn(keyId);
    return arn !== undefined && this.#resolver.mayBe(arn);
  }

  /** @throws KeyServiceError */
  async wrap(dataKey: Uint8Array, aad: Uint8Array, options?: KeyRequestOptions): Promise<WrappedKey> {
    const { client, reference } = this.#options;
    return this.#request(options, this.id, async (abortSignal) => {
      const answer = await client.send(
        new EncryptCommand({ ...this.#parameters(aad), KeyId: reference.text, Plaintext: dataKey }),
        { abortSignal },
      );
      const arn = this.#resolver.learn(answer.KeyId);
      const { length } = answer.CiphertextBlob ?? [];
      if (answer.CiphertextBlob === undefined || !(length >= 1 && length <= MAX_WRAPPED_KEY_BYTES)) {
        throw new AwsAnswerError(`Encrypt answered a ciphertext of ${String(length)} bytes.`, 'unknown');
      }
      return { keyId: this.#options.id ?? arn.text, bytes: new Uint8Array(answer.CiphertextBlob) };
    });
  }

  /** @throws KeyServiceError; of reason `rejected-ciphertext` also when the service used another key than was asked */
  async unwrap(wrapped: WrappedKey, aad: Uint8Array, options?: KeyRequestOptions): Promise<Uint8Array> {
    const { client, reference } = this.#options;
    if (!this.owns(wrapped.keyId)) throw new KeyServiceError(wrapped.keyId, 'not-found');
    if (wrapped.bytes.length < 1 || wrapped.bytes.length > MAX_WRAPPED_KEY_BYTES) {
      throw new KeyServiceError(wrapped.keyId, 'rejected-ciphertext');
    }
    const recorded = parseKmsKeyArn(wrapped.keyId);
    return this.#request(options, wrapped.keyId, async (abortSignal) => {
      const answer = await client.send(
        new DecryptCommand({
          ...this.#parameters(aad),
          KeyId: await this.#resolver.keyToAsk(recorded),
          CiphertextBlob: wrapped.bytes,
        }),
        { abortSignal },
      );
      return takeDataKey(answer, reference, recorded, abortSignal);
    });
  }

  /**
   * Asks the service once which key an alias names, so that {@link AwsKmsKey.owns} is exact from then on. Needs
   * `kms:DescribeKey`. Of use at the start of a process that only unwraps, where several keys are configured by alias.
   *
   * @returns the key ARN
   * @throws KeyServiceError
   */
  async resolve(options?: KeyRequestOptions): Promise<string> {
    return (await this.describe(options)).keyArn;
  }

  /**
   * What the service says of the key now. Needs `kms:DescribeKey`.
   *
   * @throws KeyServiceError
   */
  async describe(options?: KeyRequestOptions): Promise<AwsKmsKeyDescription> {
    const metadata = await this.#request(options, this.id, () => this.#resolver.describeOnce());
    return {
      keyArn: metadata.Arn ?? this.id,
      keyState: metadata.KeyState ?? 'unknown',
      multiRegion: metadata.MultiRegion === true,
      currentKeyMaterialId: metadata.CurrentKeyMaterialId,
    };
  }

  /**
   * Asks the service, with `DryRun`, whether the caller may wrap and unwrap with the key's encryption context. Nothing is
   * encrypted or decrypted. Rights to unwrap are asked without a ciphertext (`DryRunModifiers: IGNORE_CIPHERTEXT`).
   *
   * @param aad the AAD that the rights may be bound to by a condition; the one of Waxseal's envelopes is `waxseal/v1/data-key`
   */
  async checkPermissions(aad: Uint8Array, options?: KeyRequestOptions): Promise<AwsKmsPermissions> {
    const { client, reference } = this.#options;
    const parameters = { ...this.#parameters(aad), KeyId: reference.text, DryRun: true };
    const [wrap, unwrap] = await Promise.all([
      this.#dryRun(options, (abortSignal) =>
        client.send(new EncryptCommand({ ...parameters, Plaintext: new Uint8Array(DATA_KEY_BYTES) }), {
          abortSignal,
        }),
      ),
      this.#dryRun(options, (abortSignal) =>
        client.send(new DecryptCommand({ ...parameters, DryRunModifiers: ['IGNORE_CIPHERTEXT'] }), {
          abortSignal,
        }),
      ),
    ]);
    return { wrap, unwrap };
  }

  /** Key IDs only. */
  toJSON(): { readonly id: KeyId; readonly keyId: string; readonly resolved: readonly string[] } {
    return { id: this.id, keyId: this.#options.reference.text, resolved: this.#resolver.resolved };
  }

  [inspect.custom](): string {
    return `AwsKmsKey ${inspect(this.toJSON())}`;
  }

  /** What every request of a wrapped key has. */
  #parameters(aad: Uint8Array): {
    EncryptionContext: Record<string, string>;
    EncryptionAlgorithm: typeof ALGORITHM;
    GrantTokens?: string[];
  } {
    const { encryptionContext, grantTokens } = this.#options;
    return {
      EncryptionContext: awsKmsEncryptionContext(encryptionContext, aad),
      EncryptionAlgorithm: ALGORITHM,
      ...(grantTokens.length === 0 ? {} : { GrantTokens: [...grantTokens] }),
    };
  }

  async #dryRun(
    options: KeyRequestOptions | undefined,
    send: (signal: AbortSignal) => Promise<object>,
  ): Promise<AwsKmsPermission> {
    try {
      await this.#request(options, this.id, async (signal) => {
        try {
          await send(signal);
        } catch (error) {
          if ((error as { name?: unknown } | undefined)?.name !== 'DryRunOperationException') throw error;
        }
      });
      return { allowed: true };
    } catch (error) {
      if (error instanceof KeyServiceError) return { allowed: false, error };
      throw error;
    }
  }

  #request<T>(
    options: KeyRequestOptions | undefined,
    keyId: KeyId,
    ask: (signal: AbortSignal) => Promise<T>,
  ): Promise<T> {
    return requestKeyService({
      keyId,
      limits: this.#options.limits,
      signal: options?.signal,
      attempt: async (signal) => {
        try {
          return await ask(signal);
        } catch (error) {
          throw withoutSecrets(error);
        }
      },
      reasonOf: reasonOfAwsError,
    });
  }
}

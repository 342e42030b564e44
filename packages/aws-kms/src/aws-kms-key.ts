import { inspect } from 'node:util';
import { DecryptCommand, EncryptCommand } from '@aws-sdk/client-kms';
import {
  assertUnwrappable,
  keyRequestLimits,
  KeyServiceAnswerError,
  MAX_WRAPPED_KEY_BYTES,
  withDeadline,
  type KeyDescribeOptions,
  type KeyDescription,
  type KeyEncryptionKey,
  type KeyId,
  type KeyPermissions,
  type KeyRequestOptions,
  type WrappedKey,
} from '@waxseal/core/provider';
import { askAwsKms } from './client';
import { type AwsKmsKeyOptions, checkAwsKmsKeyOptions, type CheckedAwsKmsKeyOptions } from './options';
import { awsKmsRequestParameters, dataKeyOf } from './exchange';
import { optionsFromUri } from './from-uri';
import { historyOf } from './history';
import { CALLER_WITHOUT_ANSWER, type Caller, callerOf, dryRun } from './permissions';
import { parseKmsKeyArn } from './key-name';
import { KmsKeyResolver } from './key-resolver';

/**
 * A symmetric encryption key of AWS KMS. Data keys are wrapped by `Encrypt` and unwrapped by `Decrypt`, with
 * the AAD in the encryption context; `Decrypt` always names the key, and its answer is checked.
 *
 * The key ARN that the service answers is recorded. A multi-region key opens what its replicas wrapped. An
 * alias is resolved by the first wrap, or else by one `DescribeKey` before the first unwrap.
 */
export class AwsKmsKey implements KeyEncryptionKey {
  readonly id: KeyId;
  readonly provider = 'aws-kms';
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
   * The key of `awskms:///<key ARN, key ID or alias>[?region=<region>]`. Credentials come from where the AWS
   * SDK finds them. The region is the URI's, else the ARN's, else the SDK's.
   *
   * @throws ConfigurationError when the URI is malformed; the service is not asked
   */
  static fromUri(uri: string | URL): AwsKmsKey {
    return new AwsKmsKey(optionsFromUri(uri));
  }

  /**
   * Whether `keyId` is this key's name, its ARN, or the ARN of a replica of it. While an alias is not
   * resolved, every key of its account and region may be meant, and `unwrap` finds out;
   * {@link AwsKmsKey.resolve} makes the answer exact.
   */
  owns(keyId: KeyId): boolean {
    if (keyId === this.id) return true;
    const arn = parseKmsKeyArn(keyId);
    return arn !== undefined && this.#resolver.mayBe(arn);
  }

  /** @throws KeyServiceError */
  async wrap(dataKey: Uint8Array, aad: Uint8Array, options?: KeyRequestOptions): Promise<WrappedKey> {
    const { client, reference } = this.#options;
    return askAwsKms(client, this.id, options, async (send) => {
      const answer = await send(
        new EncryptCommand({
          ...awsKmsRequestParameters(this.#options, aad),
          KeyId: reference.text,
          Plaintext: dataKey,
        }),
      );
      const arn = this.#resolver.learn(answer.KeyId);
      const { length } = answer.CiphertextBlob ?? [];
      if (answer.CiphertextBlob === undefined || !(length >= 1 && length <= MAX_WRAPPED_KEY_BYTES)) {
        throw new KeyServiceAnswerError(
          `Encrypt answered a ciphertext of ${String(length)} bytes.`,
          'unknown',
        );
      }
      return { keyId: this.#options.id ?? arn.text, bytes: new Uint8Array(answer.CiphertextBlob) };
    });
  }

  /**
   * @throws KeyServiceError; of reason `rejected-ciphertext` also when the service used another key than was
   *   asked
   */
  async unwrap(wrapped: WrappedKey, aad: Uint8Array, options?: KeyRequestOptions): Promise<Uint8Array> {
    const { client, reference } = this.#options;
    assertUnwrappable(wrapped, this.owns(wrapped.keyId));
    const recorded = parseKmsKeyArn(wrapped.keyId);
    return askAwsKms(client, wrapped.keyId, options, async (send, signal, { attemptTimeoutMs }) => {
      const answer = await send(
        new DecryptCommand({
          ...awsKmsRequestParameters(this.#options, aad),
          KeyId: await this.#resolver.keyToAsk(recorded, attemptTimeoutMs),
          CiphertextBlob: wrapped.bytes,
        }),
      );
      return dataKeyOf(answer, reference, recorded, signal);
    });
  }

  /**
   * Asks the service once which key an alias names, so that {@link AwsKmsKey.owns} is exact from then on.
   * Needs `kms:DescribeKey`. Of use at the start of a process that only unwraps, where several keys are
   * configured by alias.
   *
   * @returns the key ARN
   * @throws KeyServiceError
   */
  async resolve(options?: KeyRequestOptions): Promise<string> {
    return (await this.describe(options)).name;
  }

  /**
   * What the service says of the key now. Needs `kms:DescribeKey`; for its history also
   * `kms:GetKeyRotationStatus`, `kms:ListKeyRotations` and `kms:GetKeyLastUsage`.
   *
   * @throws KeyServiceError
   */
  async describe(options?: KeyDescribeOptions): Promise<KeyDescription> {
    const { client } = this.#options;
    const { createdAt, deletedAt, ...description } = await askAwsKms(
      client,
      this.id,
      options,
      (_send, _signal, { attemptTimeoutMs }) => this.#resolver.describeOnce(attemptTimeoutMs),
    );
    if (options?.history !== true) return description;
    const described = { arn: description.name, createdAt, deletedAt };
    return { ...description, history: await historyOf(client, this.id, described, options) };
  }

  /**
   * Asks, with `DryRun`, whether the caller may wrap and unwrap with the key's encryption context. The
   * caller's ARN is told where `@aws-sdk/client-sts` is installed.
   *
   * @param aad the one of Waxseal's envelopes is `waxseal/v1/data-key`
   * @throws KeyServiceError when the service did not answer
   */
  async checkPermissions(aad: Uint8Array, options?: KeyRequestOptions): Promise<KeyPermissions> {
    const [caller, wrap, unwrap] = await Promise.all([
      this.#caller(options),
      dryRun('wrap', this.#options, this.id, aad, options),
      dryRun('unwrap', this.#options, this.id, aad, options),
    ]);
    return { ...caller, wrap, unwrap };
  }

  /** Within a deadline of its own: credentials that never come do not look at a signal. */
  async #caller(options: KeyRequestOptions | undefined): Promise<Caller> {
    const { client } = this.#options;
    const { attemptTimeoutMs } = keyRequestLimits(options);
    try {
      return await withDeadline(attemptTimeoutMs, options?.signal, (signal) => callerOf(client, signal));
    } catch {
      return CALLER_WITHOUT_ANSWER;
    }
  }

  /** Key IDs only. */
  toJSON(): { readonly id: KeyId; readonly keyId: string; readonly resolved: readonly string[] } {
    return { id: this.id, keyId: this.#options.reference.text, resolved: this.#resolver.resolved };
  }

  [inspect.custom](): string {
    return `AwsKmsKey ${inspect(this.toJSON())}`;
  }
}

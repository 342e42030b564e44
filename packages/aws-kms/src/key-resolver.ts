import { DescribeKeyCommand, type KeyMetadata } from '@aws-sdk/client-kms';
import { KeyServiceAnswerError, withDeadline, type KeyDescription } from '@waxseal/core/provider';
import { senderOf } from './client';
import { isSameKmsKey, parseKmsKeyArn, type KmsKeyArn, canReferTo } from './key-name';
import type { CheckedAwsKmsKeyOptions } from './options';

/** Which key of AWS KMS a configured `keyId` stands for, as far as the service has told. */
export class KmsKeyResolver {
  readonly #options: CheckedAwsKmsKeyOptions;
  /**
   * The keys that the service named when asked for the configured one: several once an alias was repointed.
   */
  readonly #resolved = new Map<string, KmsKeyArn>();
  #description: Promise<DatedDescription> | undefined;

  constructor(options: CheckedAwsKmsKeyOptions) {
    this.#options = options;
  }

  /** The key ARNs that the service named so far. */
  get resolved(): readonly string[] {
    return [...this.#resolved.keys()];
  }

  /** Whether that key can be the configured one. Exact, but for an alias that is not resolved yet. */
  mayBe(arn: KmsKeyArn): boolean {
    const { reference } = this.#options;
    if (reference.kind === 'key-arn' || this.#resolved.size === 0) return canReferTo(reference, arn);
    return [...this.#resolved.values()].some((resolved) => isSameKmsKey(resolved, arn));
  }

  /**
   * Learns from an answer which key the configured one is.
   *
   * @param keyArn what the service says it used
   * @throws KeyServiceAnswerError when that cannot be the configured key
   */
  learn(keyArn: string | undefined): KmsKeyArn {
    const arn = parseKmsKeyArn(keyArn);
    if (arn === undefined || !canReferTo(this.#options.reference, arn)) {
      throw new KeyServiceAnswerError('AWS KMS answered for another key than was asked.', 'unknown');
    }
    this.#resolved.set(arn.text, arn);
    return arn;
  }

  /**
   * What `Decrypt` is to name: never a key ID from a payload.
   *
   * @param recorded the key ARN that a payload names; `undefined` where it names the key by a name of the
   *   user's
   * @param timeoutMs longest wait for the service where it must be asked which key that is
   */
  async keyToAsk(recorded: KmsKeyArn | undefined, timeoutMs: number): Promise<string> {
    const { reference } = this.#options;
    if (recorded === undefined || reference.kind === 'key-arn' || reference.kind === 'key-id') {
      return reference.text;
    }
    if (this.#resolved.size === 0) await this.describeOnce(timeoutMs);
    const resolved = [...this.#resolved.values()].find((arn) => isSameKmsKey(arn, recorded));
    if (resolved !== undefined) return resolved.text;
    // Retryable: the alias is resolved now, so that a keyring finds the right key the next time.
    throw new KeyServiceAnswerError(
      `${reference.text} does not name the key that wrapped. Configure that key by its ARN too, for decoding.`,
      'unknown',
    );
  }

  /**
   * One `DescribeKey` at a time, whoever asks; it ends by its own deadline.
   *
   * @param timeoutMs longest wait for one that this call begins
   */
  describeOnce(timeoutMs: number): Promise<DatedDescription> {
    this.#description ??= this.#describe(timeoutMs).finally(() => {
      this.#description = undefined;
    });
    return this.#description;
  }

  async #describe(timeoutMs: number): Promise<DatedDescription> {
    const { client, reference, grantTokens } = this.#options;
    const command = new DescribeKeyCommand({
      KeyId: reference.text,
      ...(grantTokens.length === 0 ? {} : { GrantTokens: [...grantTokens] }),
    });
    const clockAheadMs = readServerClock(command);
    const { KeyMetadata: metadata } = await withDeadline(timeoutMs, undefined, (signal) =>
      senderOf(client, signal, timeoutMs)(command),
    );
    if (metadata === undefined)
      throw new KeyServiceAnswerError('DescribeKey answered without metadata.', 'unknown');
    this.learn(metadata.Arn);
    return { ...describeMetadata(metadata), clockAheadMs: clockAheadMs() };
  }
}

/** A description with the dates that a history has. */
interface DatedDescription extends KeyDescription {
  readonly createdAt: Date | undefined;
  readonly deletedAt: Date | undefined;
}

/**
 * What a person is told of an answer of `DescribeKey`. `version` is the generation of key material that wraps
 * now.
 */
function describeMetadata(metadata: KeyMetadata): DatedDescription {
  const details: Record<string, string | undefined> = {
    'key spec': metadata.KeySpec,
    origin: metadata.Origin,
    'multi-region': metadata.MultiRegion === true ? 'yes' : 'no',
    'deletion date': metadata.DeletionDate?.toISOString(),
    'valid to': metadata.ValidTo?.toISOString(),
  };
  return {
    service: 'AWS KMS',
    name: metadata.Arn ?? '',
    state: metadata.KeyState ?? 'unknown',
    isUsable: metadata.KeyState === 'Enabled',
    version: metadata.CurrentKeyMaterialId,
    createdAt: metadata.CreationDate,
    deletedAt: metadata.DeletionDate,
    details: Object.fromEntries(
      Object.entries(details).filter((entry): entry is [string, string] => entry[1] !== undefined),
    ),
  };
}

/**
 * Makes a command tell, once it is answered, by how many milliseconds the service's clock is ahead of this
 * machine's, from the answer's `Date` header (whole seconds). `undefined` before, and where there is none.
 */
function readServerClock(command: DescribeKeyCommand): () => number | undefined {
  let aheadMs: number | undefined;
  command.middlewareStack.add(
    (next) => async (args) => {
      const result = await next(args);
      const { headers } = (result.response ?? {}) as { headers?: Readonly<Record<string, string>> };
      const date = Date.parse(headers?.['date'] ?? '');
      if (!Number.isNaN(date)) aheadMs = date - Math.floor(Date.now() / 1000) * 1000;
      return result;
    },
    { step: 'deserialize', name: 'waxsealObserveClock' },
  );
  return () => aheadMs;
}

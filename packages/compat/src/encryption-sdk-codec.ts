import { inspect } from 'node:util';
import type { Payload, SerializationContext } from '@temporalio/common';
import { ConfigurationError, type DecodeRequest, type KeyringRequestOptions } from '@waxseal/core';
import {
  assertKnownOptions,
  CODEC_STAGE,
  countOf,
  decodeRequestOf,
  originOf,
  ReplayCodec,
  type StagedCodec,
} from '@waxseal/core/internal';
import { EncryptionSdkClient, type EncryptionSdkKeyring, type OpenedMessage } from './encryption-sdk-client';
import { PeerFormatError } from './peer-format-error';
import { dataOf, decodeEach, innerPayload, isEncodedAs } from './peer-payload';

/** Options of an `EncryptionSdkCodec`. */
export interface EncryptionSdkCodecOptions {
  /**
   * A keyring of the AWS Encryption SDK for JavaScript that names its keys, such as `new
   * KmsKeyringNode({ keyIds })`; or a materials manager, such as `NodeCachingMaterialsManager`, without which
   * the key service is asked for each payload. Not one in discovery mode, which follows what payloads name.
   */
  readonly keyring: EncryptionSdkKeyring;
  /**
   * `metadata.encoding` of the payloads.
   *
   * @default 'awsencriptionsdk/binary/encrypted', as the Java sample spells it
   */
  readonly encoding?: string | undefined;
  /**
   * Wrapped data keys in one message at most; a message with more is refused before any is asked about.
   *
   * @default 8
   */
  readonly maxEncryptedDataKeys?: number | undefined;
  /**
   * Refuses messages that are not committed to their key. The Java sample's are.
   *
   * @default false: `REQUIRE_ENCRYPT_ALLOW_DECRYPT`
   */
  readonly requireCommitment?: boolean | undefined;
  /** Entries that the encryption context of each message must have. */
  readonly expectedContext?: Readonly<Record<string, string>> | undefined;
  /**
   * Whether a message belongs where it is read: `recorded` is its encryption context, authenticated;
   * `context` is Temporal's, which a Codec Server does not have. The Java sample may record `signature`: the
   * workflow ID, and behind it the type of an activity.
   */
  readonly checkContext?:
    | ((recorded: Readonly<Record<string, string>>, context: SerializationContext | undefined) => boolean)
    | undefined;
  /** Deadlines, circuit breaker and limits of the requests to key services, as of a `Keyring`. */
  readonly requests?: KeyringRequestOptions | undefined;
}

const OPTIONS: ReadonlySet<string> = new Set([
  'keyring',
  'encoding',
  'maxEncryptedDataKeys',
  'requireCommitment',
  'expectedContext',
  'checkContext',
  'requests',
]);
/** Spelt like this: samples-java, `KeyringCodec`. */
const ENCODING = 'awsencriptionsdk/binary/encrypted';
/** The entry that the SDK adds itself. */
const OF_SDK = 'aws-crypto-public-key';

/**
 * Reads what Temporal's Java sample with the AWS Encryption SDK writes: the whole serialized payload as one
 * message of that SDK. Needs the package `@aws-crypto/client-node`.
 *
 * All other payloads pass in both directions.
 */
export class EncryptionSdkCodec implements StagedCodec {
  readonly [CODEC_STAGE] = 'read';

  readonly #client: EncryptionSdkClient;
  readonly #encoding: string;
  readonly #expectedContext: readonly (readonly [string, string])[];
  readonly #checkContext: EncryptionSdkCodecOptions['checkContext'];

  /** @throws ConfigurationError that names the option */
  constructor(options: EncryptionSdkCodecOptions) {
    // Callers from JavaScript can hand over anything.
    const given: Readonly<Record<string, unknown>> = {
      ...(options as EncryptionSdkCodecOptions | undefined),
    };
    assertKnownOptions(given, OPTIONS, (name) => `EncryptionSdkCodec: ${JSON.stringify(name)}`);
    const { encoding = ENCODING, requireCommitment = false, checkContext } = given;
    if (typeof encoding !== 'string' || encoding === '') {
      throw new ConfigurationError(`EncryptionSdkCodec: encoding must be a text such as ${ENCODING}.`);
    }
    if (typeof requireCommitment !== 'boolean') {
      throw new ConfigurationError('EncryptionSdkCodec: requireCommitment must be true or false.');
    }
    if (checkContext !== undefined && typeof checkContext !== 'function') {
      throw new ConfigurationError(
        'EncryptionSdkCodec: checkContext must be a function that gives true or false.',
      );
    }
    this.#encoding = encoding;
    this.#expectedContext = entriesOf(given['expectedContext'] ?? {});
    this.#checkContext = checkContext as EncryptionSdkCodecOptions['checkContext'];
    this.#client = new EncryptionSdkClient({
      keyring: given['keyring'],
      maxEncryptedDataKeys: countOf(
        'EncryptionSdkCodec: maxEncryptedDataKeys',
        given['maxEncryptedDataKeys'] ?? 8,
        100,
      ),
      requireCommitment,
      requests: given['requests'] as KeyringRequestOptions | undefined,
    });
  }

  /** @returns the same payloads: nothing is written in this format */
  // eslint-disable-next-line @typescript-eslint/require-await
  async encode(payloads: Payload[]): Promise<Payload[]> {
    return [...payloads];
  }

  /**
   * Opens messages one after the other, so that a call whose messages are made up ends with the first.
   *
   * @returns as many payloads, in the same order; what was opened is in fresh buffers, all else as it was
   * @throws PeerFormatError where a message does not open, or does not belong here
   * @throws KeyServiceError where the key service does not unwrap
   */
  decode(payloads: Payload[], context?: SerializationContext, request?: DecodeRequest): Promise<Payload[]> {
    const given = decodeRequestOf(request);
    const origin = originOf(context, given);
    return decodeEach(
      payloads,
      (payload) => isEncodedAs(payload, this.#encoding),
      async (payload) => {
        const data = dataOf(payload);
        if (data === undefined) throw new PeerFormatError('aws-encryption-sdk', 'damaged');
        const opened = await this.#client.open(data, origin, given);
        return this.#checked(opened, context);
      },
    );
  }

  #checked(
    { plaintext, context: recorded }: OpenedMessage,
    context: SerializationContext | undefined,
  ): Payload {
    // Also where the context is another: plaintext is not left behind.
    const inner = innerPayload(plaintext);
    const own = Object.fromEntries(Object.entries(recorded).filter(([name]) => name !== OF_SDK));
    const differs = this.#expectedContext.find(([name, value]) => recorded[name] !== value);
    if (differs !== undefined || this.#checkContext?.(own, context) === false) {
      const what =
        differs === undefined ? 'checkContext' : `the entry ${JSON.stringify(differs[0])} of expectedContext`;
      const nextStep = `Its encryption context does not satisfy ${what} of the EncryptionSdkCodec: it was written for another place.`;
      throw new PeerFormatError('aws-encryption-sdk', 'context-mismatch', { nextStep });
    }
    if (inner === undefined) throw new PeerFormatError('aws-encryption-sdk', 'damaged');
    return inner;
  }

  /** A codec that opens what this one opens, wherever it is read: the context of replay is made up. */
  decodeOnly(): ReplayCodec {
    return new ReplayCodec(this);
  }

  /** Settings only. */
  toJSON(): object {
    return {
      encoding: this.#encoding,
      expectedContext: this.#expectedContext.map(([name]) => name),
      ...this.#client.settings,
    };
  }

  [inspect.custom](): string {
    return `EncryptionSdkCodec ${inspect(this.toJSON())}`;
  }
}

function entriesOf(context: unknown): readonly (readonly [string, string])[] {
  const entries = typeof context === 'object' && context !== null ? Object.entries(context) : undefined;
  if (entries?.every((entry): entry is [string, string] => typeof entry[1] === 'string') === true)
    return entries;
  throw new ConfigurationError('EncryptionSdkCodec: expectedContext must be an object of strings.');
}

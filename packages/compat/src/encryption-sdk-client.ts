import { createHash } from 'node:crypto';
import type * as Sdk from '@aws-crypto/client-node';
import { ConfigurationError, isWaxsealError, Keyring, KeyServiceError } from '@waxseal/core';
import type { DecodeRequest, KeyringRequestOptions, KeyServiceErrorReason } from '@waxseal/core';
import { type GuardedKey, quote, type RequestOrigin, Deadline } from '@waxseal/core/internal';
import { explainMissing, type WrappedKey } from '@waxseal/core/provider';
import { PeerFormatError } from './peer-format-error';

/** A keyring of the AWS Encryption SDK, or a materials manager of it. */
export type EncryptionSdkKeyring =
  | { onDecrypt(material: never, encryptedDataKeys: never): Promise<unknown> }
  | { decryptMaterials(request: never): Promise<unknown> };

/** A message that was opened. */
export interface OpenedMessage {
  /** Owned by the caller. */
  readonly plaintext: Buffer;
  /** The encryption context that the message is authenticated with. */
  readonly context: Readonly<Record<string, string>>;
}

interface ClientSettings {
  readonly keyring: unknown;
  readonly maxEncryptedDataKeys: number;
  readonly requireCommitment: boolean;
  readonly requests: KeyringRequestOptions | undefined;
}

/** The part of a materials manager that is used, and of what it is asked with. */
interface MaterialsManager {
  decryptMaterials(request: MaterialsRequest): Promise<object>;
}
interface MaterialsRequest {
  readonly encryptedDataKeys: readonly {
    readonly providerId: string;
    readonly providerInfo: string;
    readonly encryptedDataKey: Uint8Array;
  }[];
}

type Decrypt = (manager: MaterialsManager, message: Uint8Array) => Promise<Opened>;
interface Opened {
  readonly plaintext: Buffer;
  readonly messageHeader: { readonly encryptionContext: Readonly<Record<string, string>> };
}

/** The one key of the keyring by which requests are guarded. */
const ID = 'aws-encryption-sdk';

/**
 * Opens messages by the AWS Encryption SDK for JavaScript. What its keyring asks of key services passes the
 * guards of a keyring of core: a queue with fair shares, a deadline, a circuit breaker, a memory of refusals,
 * and an end to requests of a caller whose messages open nothing.
 */
export class EncryptionSdkClient {
  readonly #settings: ClientSettings;
  readonly #guard: GuardedKey;
  /** What a guarded request is to ask, by what stands for it in the guard. */
  readonly #asked = new WeakMap<WrappedKey, () => Promise<Uint8Array>>();
  readonly #decrypt: Decrypt;
  readonly #manager: MaterialsManager;

  /** @throws ConfigurationError where `keyring` is none, or the package is missing */
  constructor(settings: ClientSettings) {
    const given = settings.keyring as
      Partial<Record<'onDecrypt' | 'decryptMaterials', unknown>> | null | undefined;
    if (typeof given?.onDecrypt !== 'function' && typeof given?.decryptMaterials !== 'function') {
      throw new ConfigurationError(
        'EncryptionSdkCodec: keyring must be a keyring of @aws-crypto/client-node, such as new KmsKeyringNode({ keyIds: [<key ARN>] }).',
      );
    }
    if (isDiscovering(given)) {
      throw new ConfigurationError(
        'EncryptionSdkCodec: keyring is in discovery mode, which asks for whatever key a payload names. Name the keys: keyIds.',
      );
    }
    this.#settings = settings;
    const { decrypt, manager } = prepare(settings);
    this.#decrypt = decrypt;
    this.#manager = manager;
    const unwrap = async (wrapped: WrappedKey): Promise<Uint8Array> =>
      (await this.#asked.get(wrapped)?.()) ?? new Uint8Array();
    const wrap = (): Promise<WrappedKey> => Promise.reject(new KeyServiceError(ID, 'denied'));
    const key = { id: ID, provider: ID, bindsAad: false, wrap, unwrap };
    const { requests } = settings;
    this.#guard = new Keyring({ decryptOnly: [key], requests }).findGuarded(ID) as GuardedKey;
  }

  /** Nothing secret. */
  get settings(): object {
    const { maxEncryptedDataKeys, requireCommitment } = this.#settings;
    return { maxEncryptedDataKeys, requireCommitment };
  }

  /**
   * @throws PeerFormatError of reason `unknown-key` where the keyring has no key of the message's, `damaged`
   *   where it does not open
   * @throws KeyServiceError where a key service does not answer, or refuses
   */
  async open(message: Uint8Array, origin: RequestOrigin, request: DecodeRequest): Promise<OpenedMessage> {
    let failure: Error | undefined;
    const guarded: MaterialsManager = {
      decryptMaterials: async (wanted) => {
        try {
          return await this.#materials(wanted, origin, request);
        } catch (error) {
          failure = error as Error;
          throw error;
        }
      },
    };
    try {
      const { plaintext, messageHeader } = await this.#decrypt(guarded, message);
      return { plaintext, context: messageHeader.encryptionContext };
    } catch {
      // The SDK's own text quotes what it read.
      if (failure === undefined) this.#guard.noteUnopened(origin);
      throw outcomeOf(failure);
    }
  }

  async #materials(
    wanted: MaterialsRequest,
    origin: RequestOrigin,
    { signal, takeKeyRequest }: DecodeRequest,
  ): Promise<object> {
    const refused = takeKeyRequest?.() === false;
    if (refused) throw this.#guard.notAsked(ID, 'this caller has used up its key requests for now');
    let materials: object | undefined;
    const hash = createHash('sha256');
    for (const { providerInfo, encryptedDataKey } of wanted.encryptedDataKeys) {
      hash.update(`${String(providerInfo.length)}:${providerInfo}`).update(encryptedDataKey);
    }
    const wrapped: WrappedKey = { keyId: ID, bytes: new Uint8Array(hash.digest()) };
    this.#asked.set(wrapped, async () => {
      try {
        materials = await this.#manager.decryptMaterials(wanted);
        return new Uint8Array();
      } catch (error) {
        throw new KeyServiceError(ID, reasonOf(error));
      }
    });
    const deadline = new Deadline(this.#guard.limits.request.totalTimeoutMs, signal);
    // Not ended by the deadline of one that waits in the queue: the guard has its own, and counts.
    const { turn, result } = this.#guard.unwrap(wrapped, origin, {});
    result.catch(() => undefined);
    try {
      await deadline.within(result);
    } catch (error) {
      turn.cancel(error as Error);
      if (deadline.isPast) throw new KeyServiceError(ID, 'timeout');
      const isUnknown = error instanceof KeyServiceError && error.reason === 'not-found';
      throw isUnknown ? unknownKey(wanted) : error;
    } finally {
      deadline.end();
    }
    return materials ?? {};
  }
}

/** How far is looked into keyrings that consist of others, and into what manages materials by one. */
const MOST_LEVELS = 8;

/** Whether a keyring is in discovery mode, or one within it or within a materials manager. */
function isDiscovering(given: object, level = 0): boolean {
  const { isDiscovery, keyring, generator, children, _backingMaterialsManager } = given as Readonly<
    Record<string, unknown>
  >;
  // The keyring for keys of several regions has a filter, and no keys that it names.
  if (isDiscovery === true || ('discoveryFilter' in given && isDiscovery === undefined)) return true;
  const ofOthers: readonly unknown[] = Array.isArray(children) ? children : [];
  const within = [keyring, generator, _backingMaterialsManager, ...ofOthers].filter(
    (each) => typeof each === 'object' && each !== null,
  );
  return level < MOST_LEVELS && within.some((each) => isDiscovering(each, level + 1));
}

interface Prepared {
  readonly decrypt: Decrypt;
  readonly manager: MaterialsManager;
}

function prepare({ keyring, maxEncryptedDataKeys, requireCommitment }: ClientSettings): Prepared {
  const { buildClient, CommitmentPolicy, KeyringNode, NodeDefaultCryptographicMaterialsManager } = loadSdk();
  const commitmentPolicy = requireCommitment
    ? CommitmentPolicy.REQUIRE_ENCRYPT_REQUIRE_DECRYPT
    : CommitmentPolicy.REQUIRE_ENCRYPT_ALLOW_DECRYPT;
  const { decrypt } = buildClient({ commitmentPolicy, maxEncryptedDataKeys });
  const isManager = typeof (keyring as Partial<MaterialsManager>).decryptMaterials === 'function';
  if (!isManager && !(keyring instanceof KeyringNode)) {
    throw new ConfigurationError(
      'EncryptionSdkCodec: keyring is of another copy of @aws-crypto/client-node than this package finds. Let the package manager install one copy.',
    );
  }
  const manager = isManager
    ? keyring
    : new NodeDefaultCryptographicMaterialsManager(keyring as InstanceType<typeof KeyringNode>);
  return { decrypt: decrypt as unknown as Decrypt, manager: manager as MaterialsManager };
}

function loadSdk(): typeof Sdk {
  try {
    // An optional package: only this codec needs it.
    // eslint-disable-next-line @typescript-eslint/no-require-imports
    return require('@aws-crypto/client-node') as typeof Sdk;
  } catch (cause) {
    throw explainMissing(cause, 'An EncryptionSdkCodec', ['@aws-crypto/client-node']);
  }
}

/** The SDK gives texts alone: names of the services' errors stand in them, with those of Node.js. */
const REASONS: readonly (readonly [RegExp, KeyServiceErrorReason])[] = [
  [/data key is invalid|has not been set|not been initialized/i, 'not-found'],
  [/AccessDenied|NotAuthorized|UnrecognizedClient|ExpiredToken|SignatureDoesNotMatch/, 'denied'],
  [/Throttl|LimitExceeded|TooManyRequests/, 'throttled'],
  [/InvalidCiphertext|IncorrectKey/, 'rejected-ciphertext'],
  [/DisabledException|InvalidState/, 'disabled'],
  [/TimeoutError|ETIMEDOUT/, 'timeout'],
  [
    /ECONN|ENOTFOUND|EAI_AGAIN|EPIPE|Internal(?:Failure|Server)|ServiceUnavailable|KMSInternal/,
    'unavailable',
  ],
  [/KMS|Credentials/, 'unknown'],
];

function reasonOf(error: unknown): KeyServiceErrorReason {
  const text = error instanceof Object ? String((error as { readonly message?: unknown }).message) : '';
  return REASONS.find(([pattern]) => pattern.test(text))?.[1] ?? 'rejected-ciphertext';
}

function unknownKey({ encryptedDataKeys }: MaterialsRequest): PeerFormatError {
  const names = encryptedDataKeys.slice(0, 8).map(({ providerInfo }) => quote(providerInfo));
  return new PeerFormatError('aws-encryption-sdk', 'unknown-key', {
    keyId: encryptedDataKeys[0]?.providerInfo,
    nextStep: `The keyring of the EncryptionSdkCodec has none of the keys that it names: ${names.join(', ')}. If the payload is yours, add one of them.`,
  });
}

function outcomeOf(failure: Error | undefined): Error {
  const isRefused = failure instanceof KeyServiceError && failure.reason === 'rejected-ciphertext';
  if (failure !== undefined && !isRefused && isWaxsealError(failure)) return failure;
  return new PeerFormatError('aws-encryption-sdk', 'damaged');
}

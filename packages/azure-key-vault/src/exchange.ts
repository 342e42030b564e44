import type { KeyVaultKey, KeyRotationPolicy } from '@azure/keyvault-keys';
import { KeyServiceAnswerError, takeDataKey, type KeyDescription } from '@waxseal/core/provider';
import type { KeyVaultRawAnswer } from './errors';
import { type KeyVaultKeyReference, versionOfAnswer } from './key-name';

/** Lengths of a wrapped data key: of RSA keys of 2,048, 3,072 and 4,096 bits, and of AES key wrap. */
export const WRAPPED_BYTES: Readonly<Record<'RSA-OAEP-256' | 'A256KW', readonly number[]>> = {
  'RSA-OAEP-256': [256, 384, 512],
  A256KW: [40],
};

/** What every call of the SDK is given. */
export interface SdkOptions {
  readonly abortSignal: AbortSignal;
  readonly onResponse: (answer: KeyVaultRawAnswer) => void;
}

/**
 * The data key of an answer to an unwrap, in a buffer that nobody else holds. The SDK's buffer is zeroed,
 * whether the answer is used or not.
 *
 * @param plaintext of the answer
 * @param kid of the answer
 * @param asked the key with the version that was asked
 * @param signal of the attempt: past its deadline nobody takes the answer
 * @throws KeyServiceAnswerError when another version answered, or the plaintext is no data key
 */
export function dataKeyOf(
  plaintext: Uint8Array | undefined,
  kid: unknown,
  asked: KeyVaultKeyReference,
  signal: AbortSignal,
): Uint8Array {
  return takeDataKey(plaintext, 'unwrapKey', signal, () => {
    assertAnswered(kid, asked);
  });
}

function assertAnswered(kid: unknown, asked: KeyVaultKeyReference): void {
  try {
    versionOfAnswer(kid, asked);
  } catch {
    throw new KeyServiceAnswerError(
      'unwrapKey answered for another key or version than the one that wrapped.',
      'rejected-ciphertext',
    );
  }
}

/** Whether a version of a key is in use, as its attributes say. */
type KeyState = 'Enabled' | 'Disabled' | 'Expired' | 'NotYetValid';

/** @param now this machine's time */
export function keyStateOf({ properties }: Pick<KeyVaultKey, 'properties'>, now: Date): KeyState {
  const { enabled, expiresOn, notBefore } = properties;
  if (enabled === false) return 'Disabled';
  if (expiresOn !== undefined && now >= expiresOn) return 'Expired';
  if (notBefore !== undefined && now < notBefore) return 'NotYetValid';
  return 'Enabled';
}

/**
 * A key, from the answer to `Get Key`.
 *
 * @param policy rotation policy, where the caller may read it
 */
export function describeKey(
  answer: KeyVaultKey,
  policy: KeyRotationPolicy | undefined,
  reference: KeyVaultKeyReference,
): KeyDescription {
  const version = versionOfAnswer(answer.id, reference);
  const { expiresOn, notBefore, createdOn, recoveryLevel } = answer.properties;
  const state = keyStateOf(answer, new Date());
  const operations = answer.keyOperations ?? [];
  const bits = answer.key?.n === undefined ? undefined : String(answer.key.n.length * 8);
  return {
    service: new URL(reference.vaultUrl).hostname.includes('.managedhsm.')
      ? 'Azure Managed HSM'
      : 'Azure Key Vault',
    name: `${reference.url}/${version}`,
    state,
    isUsable:
      state === 'Enabled' && ['wrapKey', 'unwrapKey'].every((operation) => operations.includes(operation)),
    version,
    details: withoutUndefined({
      keyType: answer.keyType,
      bits,
      operations: operations.join(' '),
      created: createdOn?.toISOString(),
      expires: expiresOn?.toISOString() ?? 'never',
      notBefore: notBefore?.toISOString(),
      recoveryLevel,
      rotation: rotationOf(policy),
    }),
  };
}

/** The rotation policy in words. */
export function rotationOf(policy: KeyRotationPolicy | undefined): string {
  if (policy === undefined) return 'unknown: the rotation policy may not be read';
  const rotate = policy.lifetimeActions?.find(({ action }) => action === 'Rotate');
  if (rotate?.timeAfterCreate !== undefined) return `${rotate.timeAfterCreate} after creation`;
  if (rotate?.timeBeforeExpiry !== undefined) return `${rotate.timeBeforeExpiry} before expiry`;
  return 'none';
}

function withoutUndefined(details: Readonly<Record<string, string | undefined>>): Record<string, string> {
  const told = Object.entries(details).filter((entry): entry is [string, string] => entry[1] !== undefined);
  return Object.fromEntries(told);
}

/** What was learnt is believed for so long: a key may be enabled again. */
const BELIEVED_MS = 60_000;
/** Versions are named by payloads: no more than these are remembered. */
const MAX_VERSIONS = 32;

/**
 * Versions that the service said are not in use, in answers about the key or to an unwrap.
 *
 * Azure is reported to wrap under a disabled key and to refuse only to unwrap
 * (https://github.com/Azure/azure-sdk-for-python/issues/45342): payloads would be written that nobody can
 * read.
 */
export class UnusableVersions {
  readonly #untilMs = new Map<string, { readonly state: string; readonly untilMs: number }>();

  /** Learns from an answer to `Get Key`. */
  learn(version: string | undefined, answer: KeyVaultKey): void {
    if (version === undefined) return;
    const state = keyStateOf(answer, new Date());
    if (state === 'Enabled') this.#untilMs.delete(version);
    else this.add(version, state);
  }

  /** The service refused to use that version. */
  add(version: string, state = 'Disabled'): void {
    this.#untilMs.delete(version);
    this.#untilMs.set(version, { state, untilMs: performance.now() + BELIEVED_MS });
    const [oldest] = this.#untilMs.keys();
    if (this.#untilMs.size > MAX_VERSIONS && oldest !== undefined) this.#untilMs.delete(oldest);
  }

  /** The service used that version. */
  remove(version: string): void {
    this.#untilMs.delete(version);
  }

  /** The state that a version was last in; `undefined` where nothing says that it is not in use. */
  stateOf(version: string): string | undefined {
    const known = this.#untilMs.get(version);
    if (known === undefined || performance.now() < known.untilMs) return known?.state;
    this.#untilMs.delete(version);
    return undefined;
  }
}

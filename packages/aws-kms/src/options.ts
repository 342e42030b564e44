import { type KeyId, assertKeyId, assertKnownOptions, ConfigurationError } from '@waxseal/core/provider';
import type { AwsKmsClient } from './client';
import { parseKmsKeyReference, type KmsKeyReference } from './key-name';

/** Options of an `AwsKmsKey`. */
export interface AwsKmsKeyOptions {
  /**
   * The application's own `KMSClient`, with its region and credentials. Give it `maxAttempts: 1`: the
   * keyring's `requests` say how often the service is asked, and the SDK's own retries would multiply that
   * within each attempt's deadline.
   */
  readonly client: AwsKmsClient;
  /**
   * A symmetric encryption key: key ARN (best), key ID, alias ARN or alias name. The key ARN that the service
   * answers is what is recorded in payloads.
   */
  readonly keyId: string;
  /**
   * Entries of the encryption context beside the reserved `waxseal:aad`. Written in clear to CloudTrail; must
   * be the same for as long as payloads are to be opened. Keys must not begin with `waxseal:` or `aws:`.
   */
  readonly encryptionContext?: Readonly<Record<string, string>> | undefined;
  /** Up to ten grant tokens, for rights from a grant that is not yet in effect everywhere. */
  readonly grantTokens?: readonly string[] | undefined;
  /** Name that is recorded in payloads instead of the key ARN. */
  readonly id?: KeyId | undefined;
}

/** {@link AwsKmsKeyOptions}, checked and copied. */
export interface CheckedAwsKmsKeyOptions {
  readonly client: AwsKmsKeyOptions['client'];
  readonly reference: KmsKeyReference;
  readonly encryptionContext: Readonly<Record<string, string>>;
  readonly grantTokens: readonly string[];
  readonly id: string | undefined;
}

const OPTIONS: ReadonlySet<string> = new Set(['client', 'keyId', 'encryptionContext', 'grantTokens', 'id']);
const MAX_CONTEXT_BYTES = 6144;
const MAX_GRANT_TOKENS = 10;

/** @throws ConfigurationError that names the field */
export function checkAwsKmsKeyOptions(options: AwsKmsKeyOptions): CheckedAwsKmsKeyOptions {
  // Callers from JavaScript can hand over anything.
  const given: Readonly<Record<string, unknown>> = { ...(options as AwsKmsKeyOptions | undefined) };
  assertKnownOptions(given, OPTIONS, (name) => `AwsKmsKey: ${JSON.stringify(name)}`);
  const client = given['client'] as Partial<AwsKmsKeyOptions['client']> | null | undefined;
  if (typeof client?.send !== 'function') {
    throw new ConfigurationError(
      "AwsKmsKey: client must be a KMSClient, such as new KMSClient({ region: 'eu-west-1', maxAttempts: 1 }).",
    );
  }
  const reference = parseKmsKeyReference(given['keyId']);
  if (reference === undefined) {
    throw new ConfigurationError(
      'AwsKmsKey: keyId must be a key ARN (arn:aws:kms:<region>:<account>:key/<id>), a key ID, an alias ARN or an alias name (alias/<name>).',
    );
  }
  if (given['id'] !== undefined) assertKeyId(given['id'], 'AwsKmsKey: id');
  return {
    client: client as AwsKmsKeyOptions['client'],
    reference,
    encryptionContext: checkContext(given['encryptionContext']),
    grantTokens: checkGrantTokens(given['grantTokens']),
    id: given['id'],
  };
}

function checkContext(value: unknown): Readonly<Record<string, string>> {
  if (value === undefined) return {};
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new ConfigurationError('AwsKmsKey: encryptionContext must be an object of strings.');
  }
  const context: Record<string, string> = {};
  for (const [name, entry] of Object.entries(value as Readonly<Record<string, unknown>>)) {
    const field = `AwsKmsKey: encryptionContext[${JSON.stringify(name)}]`;
    if (name === '') throw new ConfigurationError(`${field} has no name.`);
    if (/^(?:waxseal|aws):/i.test(name)) {
      throw new ConfigurationError(`${field} is reserved: choose a name without "waxseal:" or "aws:".`);
    }
    if (typeof entry !== 'string') throw new ConfigurationError(`${field} must be a string.`);
    context[name] = entry;
  }
  if (Buffer.byteLength(JSON.stringify(context)) > MAX_CONTEXT_BYTES) {
    throw new ConfigurationError(
      `AwsKmsKey: encryptionContext must be at most ${String(MAX_CONTEXT_BYTES)} bytes of JSON.`,
    );
  }
  return context;
}

function checkGrantTokens(value: unknown): readonly string[] {
  if (value === undefined) return [];
  const isList = Array.isArray(value) && value.length <= MAX_GRANT_TOKENS;
  if (!isList || !value.every((token) => typeof token === 'string' && token.length >= 1)) {
    throw new ConfigurationError(
      `AwsKmsKey: grantTokens must be an array of at most ${String(MAX_GRANT_TOKENS)} strings.`,
    );
  }
  return [...(value as readonly string[])];
}

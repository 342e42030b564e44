import { type KeyId, assertKeyId, assertKnownOptions, ConfigurationError } from '@waxseal/core/provider';
import type { GcpKmsClient } from './client';
import { isKeyName, isVersionName, VERSIONS } from './key-name';

/** Options of a `GcpKmsKey`. */
export interface GcpKmsKeyOptions {
  /**
   * The application's own `KeyManagementServiceClient`, with its credentials and endpoint. Its deadline of
   * ten minutes and its retries do not apply here: the keyring's `requests` say how long and how often the
   * service is asked.
   *
   * Where its connection goes silent or cannot be made, or its token or credentials are refused, another one
   * with the same options takes its place here; the application's own stays as it is. A function that makes a
   * client is called for the first request and each time that another is needed, and what it made is closed.
   */
  readonly client: GcpKmsClient | (() => GcpKmsClient);
  /**
   * A symmetric encryption key: `projects/…/locations/…/keyRings/…/cryptoKeys/…`, without a version. The
   * version that the service answers is what is recorded in payloads.
   */
  readonly keyName: string;
  /**
   * Name that is recorded in payloads instead of the key's resource name, followed by
   * `/cryptoKeyVersions/<number>`.
   */
  readonly id?: KeyId | undefined;
}

/** {@link GcpKmsKeyOptions}, checked and copied. */
export interface CheckedGcpKmsKeyOptions {
  readonly client: GcpKmsKeyOptions['client'];
  readonly keyName: string;
  readonly id: string | undefined;
}

const OPTIONS: ReadonlySet<string> = new Set(['client', 'keyName', 'id']);
const METHODS = ['encrypt', 'decrypt', 'getCryptoKey', 'testIamPermissions', 'initialize'] as const;
const LONGEST_VERSION = '9'.repeat(19);

/** @throws ConfigurationError that names the field */
export function checkGcpKmsKeyOptions(options: GcpKmsKeyOptions): CheckedGcpKmsKeyOptions {
  // Callers from JavaScript can hand over anything.
  const given: Readonly<Record<string, unknown>> = { ...(options as GcpKmsKeyOptions | undefined) };
  assertKnownOptions(given, OPTIONS, (name) => `GcpKmsKey: ${JSON.stringify(name)}`);
  const client = given['client'];
  if (typeof client !== 'function' && !isClient(client)) {
    throw new ConfigurationError(
      'GcpKmsKey: client must be a KeyManagementServiceClient, such as new KeyManagementServiceClient(), or a function that makes one.',
    );
  }
  const keyName = given['keyName'];
  if (isVersionName(keyName)) {
    throw new ConfigurationError(
      'GcpKmsKey: keyName must not name a version: end it before "/cryptoKeyVersions/". Cloud KMS wraps with the primary version, and the version that it used is recorded in each payload.',
    );
  }
  if (!isKeyName(keyName)) {
    throw new ConfigurationError(
      'GcpKmsKey: keyName must be projects/<project>/locations/<location>/keyRings/<key ring>/cryptoKeys/<key>.',
    );
  }
  const id = given['id'];
  if (id !== undefined) {
    assertKeyId(id, 'GcpKmsKey: id');
    assertKeyId(`${id}${VERSIONS}${LONGEST_VERSION}`, 'GcpKmsKey: id, with a version behind it,');
  }
  return {
    client: client as GcpKmsKeyOptions['client'],
    keyName,
    id,
  };
}

function isClient(value: unknown): boolean {
  const client = value as Partial<GcpKmsClient> | null | undefined;
  return METHODS.every((method) => typeof client?.[method] === 'function');
}

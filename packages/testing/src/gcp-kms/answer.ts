import { crc32c } from '@aws-crypto/crc32c';
import type { Metadata } from '@grpc/grpc-js';
import { openGcpCiphertext, sealGcpCiphertext, versionOfGcpCiphertext } from './ciphertext';
import { GcpFault } from './fault';
import {
  cryptoKeyMessage,
  cryptoKeyVersionMessage,
  type GcpKmsDoubleKey,
  type GcpKmsDoubleKeyVersion,
} from './key';
import type {
  GcpKmsPermission,
  GcpDecryptRequest,
  GcpEncryptRequest,
  GcpGetRequest,
  GcpListRequest,
  GcpTestIamPermissionsRequest,
  GcpRequestShape,
  Int64Value,
} from './request';

/** What a request is answered from. */
interface GcpKmsDirectory {
  readonly keys: readonly GcpKmsDoubleKey[];
  /** Whether the caller has a right on a key. */
  readonly isAllowed: (permission: GcpKmsPermission, key: GcpKmsDoubleKey) => boolean;
}

/**
 * Answers one decoded request.
 *
 * @returns the members of the answer
 * @throws GcpFault
 */
export type GcpAnswer = (request: never, directory: GcpKmsDirectory) => unknown;

const MAX_BYTES = 64 * 1024;
const MAX_PAGE = 1000;
const MAX_HSM_BYTES = 8 * 1024;
const PERMISSION = /^cloudkms\.[a-zA-Z]+\.[a-zA-Z]+$/;

/** How each method is answered, by service and name. */
export const GCP_ANSWERS = {
  keyManagementService: {
    Encrypt: answerEncrypt,
    Decrypt: answerDecrypt,
    GetCryptoKey: answerGetCryptoKey,
    GetCryptoKeyVersion: answerGetCryptoKeyVersion,
    ListCryptoKeyVersions: answerListCryptoKeyVersions,
  },
  iamPolicy: { TestIamPermissions: answerTestIamPermissions },
} satisfies Record<string, Record<string, GcpAnswer>>;

/** As `Encrypt`: by the primary version of a key, or by the version that is named. */
function answerEncrypt(request: GcpEncryptRequest, directory: GcpKmsDirectory): unknown {
  const { plaintext, additionalAuthenticatedData: aad } = request;
  const { key, version } = findCryptoKey(request.name, directory.keys);
  authorize(directory, 'cloudkms.cryptoKeyVersions.useToEncrypt', key, request.name);
  assertSize(plaintext, 'plaintext', MAX_BYTES);
  assertSize(aad, 'additional_authenticated_data', MAX_BYTES);
  if (key.protectionLevel === 'HSM' && plaintext.length + aad.length > MAX_HSM_BYTES) {
    throw new GcpFault(
      'INVALID_ARGUMENT',
      `plaintext and additional_authenticated_data must be at most ${String(MAX_HSM_BYTES)} bytes together.`,
    );
  }
  const verifiedPlaintextCrc32c = checkCrc32c(request.plaintextCrc32c, plaintext, 'plaintext');
  const verifiedAdditionalAuthenticatedDataCrc32c = checkAad(request);
  const used = version ?? key.primary;
  assertVersionUsable(key, used, 'encryption');
  const ciphertext = sealGcpCiphertext(key, used, plaintext, aad);
  return {
    name: used.name,
    ciphertext,
    ciphertextCrc32c: crc32cOf(ciphertext),
    verifiedPlaintextCrc32c,
    verifiedAdditionalAuthenticatedDataCrc32c,
    protectionLevel: key.protectionLevel,
  };
}

/** As `Decrypt`: the key is named, the ciphertext tells the version. */
function answerDecrypt(request: GcpDecryptRequest, directory: GcpKmsDirectory): unknown {
  const { ciphertext, additionalAuthenticatedData: aad } = request;
  const { key, version: named } = findCryptoKey(request.name, directory.keys);
  if (named !== undefined) {
    throw new GcpFault('INVALID_ARGUMENT', `Resource name [${request.name}] must name a CryptoKey.`);
  }
  authorize(directory, 'cloudkms.cryptoKeyVersions.useToDecrypt', key, request.name);
  checkCrc32c(request.ciphertextCrc32c, ciphertext, 'ciphertext');
  checkAad(request);
  assertSize(ciphertext, 'ciphertext', MAX_BYTES + 1024);
  assertSize(aad, 'additional_authenticated_data', MAX_BYTES);
  assertPurpose(key);
  const version = versionOfGcpCiphertext(key, ciphertext);
  assertVersionUsable(key, version, 'decryption');
  const plaintext = openGcpCiphertext(version, ciphertext, aad);
  return {
    plaintext,
    plaintextCrc32c: crc32cOf(plaintext),
    usedPrimary: version === key.primary,
    protectionLevel: key.protectionLevel,
  };
}

/** As `GetCryptoKey`. */
function answerGetCryptoKey(request: GcpGetRequest, directory: GcpKmsDirectory): unknown {
  const { key } = findCryptoKey(request.name, directory.keys);
  authorize(directory, 'cloudkms.cryptoKeys.get', key, request.name);
  return cryptoKeyMessage(key);
}

/** As `GetCryptoKeyVersion`. */
function answerGetCryptoKeyVersion(request: GcpGetRequest, directory: GcpKmsDirectory): unknown {
  const { key, version } = findCryptoKey(request.name, directory.keys);
  authorize(directory, 'cloudkms.cryptoKeyVersions.get', key, request.name);
  if (version === undefined) {
    throw new GcpFault('INVALID_ARGUMENT', `Resource name [${request.name}] must name a CryptoKeyVersion.`);
  }
  return cryptoKeyVersionMessage(key, version);
}

/** As `ListCryptoKeyVersions`, without filter and order. */
function answerListCryptoKeyVersions(request: GcpListRequest, directory: GcpKmsDirectory): unknown {
  const { key, version } = findCryptoKey(request.parent, directory.keys);
  authorize(directory, 'cloudkms.cryptoKeyVersions.list', key, request.parent);
  const size = request.pageSize === 0 ? MAX_PAGE : Math.min(request.pageSize, MAX_PAGE);
  const from = Number(request.pageToken);
  if (version !== undefined || size < 0 || !Number.isInteger(from)) {
    throw new GcpFault('INVALID_ARGUMENT', 'The request is malformed.');
  }
  const { versions } = key;
  return {
    cryptoKeyVersions: versions.slice(from, from + size).map((one) => cryptoKeyVersionMessage(key, one)),
    nextPageToken: from + size < versions.length ? String(from + size) : '',
    totalSize: versions.length,
  };
}

/**
 * As `TestIamPermissions` on a key: no right is needed, and of a key that is not there the caller has none.
 */
function answerTestIamPermissions(
  request: GcpTestIamPermissionsRequest,
  directory: GcpKmsDirectory,
): unknown {
  const wrong = request.permissions.find((permission) => !PERMISSION.test(permission));
  if (wrong !== undefined) {
    throw new GcpFault('INVALID_ARGUMENT', `Permission ${wrong} is not valid for this resource.`);
  }
  const key = directory.keys.find(({ name }) => name === request.resource);
  const isHeld = (permission: string): boolean =>
    key !== undefined && directory.isAllowed(permission as GcpKmsPermission, key);
  return { permissions: request.permissions.filter(isHeld) };
}

function authorize(
  { isAllowed }: GcpKmsDirectory,
  permission: GcpKmsPermission,
  key: GcpKmsDoubleKey,
  resource: string,
): void {
  if (isAllowed(permission, key)) return;
  throw new GcpFault(
    'PERMISSION_DENIED',
    `Permission '${permission}' denied on resource '${resource}' (or it may not exist).`,
    [
      {
        type: 'ErrorInfo',
        value: {
          reason: 'IAM_PERMISSION_DENIED',
          domain: 'cloudkms.googleapis.com',
          metadata: { permission, resource },
        },
      },
    ],
  );
}

function checkAad(request: GcpEncryptRequest | GcpDecryptRequest): boolean {
  return checkCrc32c(
    request.additionalAuthenticatedDataCrc32c,
    request.additionalAuthenticatedData,
    'additional_authenticated_data',
  );
}

// A key of another purpose has made no ciphertext that could be looked at.
function assertPurpose(key: GcpKmsDoubleKey): void {
  if (key.purpose !== 'ENCRYPT_DECRYPT') assertVersionUsable(key, key.primary, 'decryption');
}

function assertSize(data: Uint8Array, field: string, most: number): void {
  if (data.length > most) {
    throw new GcpFault('INVALID_ARGUMENT', `${field} must be at most ${String(most)} bytes.`);
  }
}

/**
 * Checks the routing header (https://google.aip.dev/4222): it says which resource the request is for, so that
 * the front ends find the location of the key.
 *
 * @throws GcpFault `INVALID_ARGUMENT` when it is missing or names another resource
 */
export function assertRouted(metadata: Metadata, request: GcpRequestShape): void {
  const params = new URLSearchParams(String(metadata.get('x-goog-request-params')[0] ?? ''));
  const field = (['resource', 'parent'] as const).find((name) => request[name] !== undefined) ?? 'name';
  if (params.get(field) !== request[field]) {
    throw new GcpFault('INVALID_ARGUMENT', 'x-goog-request-params must name the resource of the request.');
  }
}

/** @throws GcpFault `FAILED_PRECONDITION` unless the key is for encryption and the version is enabled */
function assertVersionUsable(
  key: GcpKmsDoubleKey,
  version: GcpKmsDoubleKeyVersion,
  use: 'encryption' | 'decryption',
): void {
  if (key.purpose !== 'ENCRYPT_DECRYPT') {
    throw failed(
      'KEY_PURPOSE_MISMATCH',
      key.name,
      `${key.name} has the purpose ${key.purpose}, which is not usable for ${use}.`,
    );
  }
  if (version.state !== 'ENABLED') {
    throw failed(
      `KEY_${version.state}`,
      version.name,
      `${version.name} is not enabled, current state is: ${version.state}.`,
    );
  }
}

function failed(type: string, subject: string, message: string): GcpFault {
  return new GcpFault('FAILED_PRECONDITION', message, [
    { type: 'PreconditionFailure', value: { violations: [{ type, subject, description: message }] } },
  ]);
}

/**
 * Compares a checksum of a request with its data.
 *
 * @param field name of the field that the checksum is for, as the API definition has it
 * @returns whether there was one
 * @throws GcpFault `INVALID_ARGUMENT` when it is not the data's
 */
function checkCrc32c(given: Int64Value | null, data: Uint8Array, field: string): boolean {
  if (given === null) return false;
  if (given.value !== crc32cOf(data).value) {
    throw new GcpFault(
      'INVALID_ARGUMENT',
      `The checksum in field ${field}_crc32c did not match the data in field ${field}.`,
    );
  }
  return true;
}

/** CRC32C (RFC 3720 §12.1) of data, as the service's messages carry it. */
function crc32cOf(data: Uint8Array): Int64Value {
  return { value: String(crc32c(data)) };
}

const NAME =
  /^(projects\/[^/]+\/locations\/[^/]+\/keyRings\/[\w-]{1,63}\/cryptoKeys\/[\w-]{1,63})(\/cryptoKeyVersions\/[^/]+)?$/;

/** What a resource name stands for. */
interface FoundCryptoKey {
  readonly key: GcpKmsDoubleKey;
  /** The version, where the name names one. */
  readonly version: GcpKmsDoubleKeyVersion | undefined;
}

/**
 * The key that a request names, or the key version.
 *
 * @throws GcpFault `INVALID_ARGUMENT` for what is no resource name of the one or the other, `NOT_FOUND`
 */
function findCryptoKey(name: string, keys: readonly GcpKmsDoubleKey[]): FoundCryptoKey {
  const [, keyName, version] = NAME.exec(name) ?? [];
  if (keyName === undefined) {
    throw new GcpFault('INVALID_ARGUMENT', `Resource name [${name}] does not match the expected format.`);
  }
  const key = keys.find((candidate) => candidate.name === keyName);
  if (key === undefined) throw new GcpFault('NOT_FOUND', `CryptoKey ${keyName} not found.`);
  if (version === undefined) return { key, version: undefined };
  const found = key.versions.find((candidate) => candidate.name === name);
  if (found === undefined) throw new GcpFault('NOT_FOUND', `CryptoKeyVersion ${name} not found.`);
  return { key, version: found };
}

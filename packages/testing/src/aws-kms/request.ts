import type { IncomingHttpHeaders } from 'node:http';
import { KmsFault } from './fault';

/** What the double reads of a request's JSON: the members that the actions it knows have. */
export interface KmsRequest {
  readonly KeyId?: string;
  readonly Plaintext?: Buffer;
  readonly CiphertextBlob?: Buffer;
  readonly EncryptionContext: Readonly<Record<string, string>>;
  readonly GrantTokens: readonly string[];
  readonly EncryptionAlgorithm: string;
  readonly DryRun: boolean;
  readonly DryRunModifiers: readonly string[];
  readonly IncludeKeyMaterial: 'ALL_KEY_MATERIAL' | 'ROTATIONS_ONLY';
  readonly Limit: number;
  readonly Marker?: string;
}

const MEMBERS: Readonly<Record<string, readonly string[]>> = {
  Encrypt: ['KeyId', 'Plaintext', 'EncryptionContext', 'GrantTokens', 'EncryptionAlgorithm', 'DryRun'],
  Decrypt: [
    'CiphertextBlob',
    'EncryptionContext',
    'GrantTokens',
    'KeyId',
    'EncryptionAlgorithm',
    'Recipient',
    'DryRun',
    'DryRunModifiers',
  ],
  DescribeKey: ['KeyId', 'GrantTokens'],
  GetKeyRotationStatus: ['KeyId'],
  ListKeyRotations: ['KeyId', 'IncludeKeyMaterial', 'Limit', 'Marker'],
  GetKeyLastUsage: ['KeyId'],
};
const ALGORITHMS = ['SYMMETRIC_DEFAULT', 'RSAES_OAEP_SHA_1', 'RSAES_OAEP_SHA_256', 'SM2PKE'];
const MAX_CONTEXT_BYTES = 8192;

/**
 * Reads the body of a request and checks it against the service's API model: types, lengths, enumerations.
 * Members that the model does not have are an error here, so that a misspelt one does not pass for an absent
 * one.
 *
 * @throws KmsFault `UnknownOperationException`, `SerializationException` or `ValidationException`
 */
export function readKmsRequest(action: string, body: string): KmsRequest {
  const members = Object.hasOwn(MEMBERS, action) ? MEMBERS[action] : undefined;
  if (members === undefined) throw new KmsFault('UnknownOperationException');
  const json = parse(body);
  const unknown = Object.keys(json).find((name) => !members.includes(name));
  if (unknown !== undefined) throw invalid(`'${unknown}' is no member of ${action}Request`);
  const keyId = text(json['KeyId'], 'keyId', 1, 2048);
  const plaintext = blob(json['Plaintext'], 'plaintext', 4096);
  const ciphertext = blob(json['CiphertextBlob'], 'ciphertextBlob', 6144);
  const algorithm = text(json['EncryptionAlgorithm'], 'encryptionAlgorithm', 1, 64) ?? 'SYMMETRIC_DEFAULT';
  if (!ALGORITHMS.includes(algorithm)) throw invalid("Value at 'encryptionAlgorithm' is not in the enum set");
  const included = text(json['IncludeKeyMaterial'], 'includeKeyMaterial', 1, 64) ?? 'ROTATIONS_ONLY';
  if (included !== 'ROTATIONS_ONLY' && included !== 'ALL_KEY_MATERIAL') {
    throw invalid("Value at 'includeKeyMaterial' is not in the enum set");
  }
  const marker = text(json['Marker'], 'marker', 1, 1024);
  return {
    IncludeKeyMaterial: included,
    Limit: wholeNumber(json['Limit'], 'limit', 1, 1000) ?? 100,
    ...(marker === undefined ? {} : { Marker: marker }),
    ...(keyId === undefined ? {} : { KeyId: keyId }),
    ...(plaintext === undefined ? {} : { Plaintext: plaintext }),
    ...(ciphertext === undefined ? {} : { CiphertextBlob: ciphertext }),
    EncryptionContext: context(json['EncryptionContext']),
    GrantTokens: texts(json['GrantTokens'], 'grantTokens', 10, 8192),
    EncryptionAlgorithm: algorithm,
    DryRun: flag(json['DryRun'], 'dryRun'),
    DryRunModifiers: texts(json['DryRunModifiers'], 'dryRunModifiers', 1, 64),
  };
}

function parse(body: string): Readonly<Record<string, unknown>> {
  let json: unknown;
  try {
    json = JSON.parse(body);
  } catch {
    throw new KmsFault('SerializationException');
  }
  if (typeof json !== 'object' || json === null || Array.isArray(json))
    throw new KmsFault('SerializationException');
  return json as Readonly<Record<string, unknown>>;
}

function text(value: unknown, name: string, least: number, most: number): string | undefined {
  if (value === undefined || value === null) return undefined;
  if (typeof value !== 'string') throw new KmsFault('SerializationException');
  if (value.length < least || value.length > most) throw invalid(lengthOf(name, least, most));
  return value;
}

function texts(value: unknown, name: string, most: number, longest: number): readonly string[] {
  if (value === undefined || value === null) return [];
  if (!Array.isArray(value)) throw new KmsFault('SerializationException');
  if (value.length > most) throw invalid(lengthOf(name, 0, most));
  return value.map((entry: unknown) => text(entry, name, 1, longest) ?? '');
}

function wholeNumber(value: unknown, name: string, least: number, most: number): number | undefined {
  if (value === undefined || value === null) return undefined;
  if (!Number.isInteger(value)) throw new KmsFault('SerializationException');
  const number = value as number;
  if (number < least || number > most) throw invalid(`Value at '${name}' is out of range`);
  return number;
}

function blob(value: unknown, name: string, most: number): Buffer | undefined {
  if (value === undefined || value === null) return undefined;
  if (typeof value !== 'string') throw new KmsFault('SerializationException');
  const bytes = Buffer.from(value, 'base64');
  if (bytes.toString('base64') !== value) throw new KmsFault('SerializationException');
  if (bytes.length < 1 || bytes.length > most) throw invalid(lengthOf(name, 1, most));
  return bytes;
}

function flag(value: unknown, name: string): boolean {
  if (value === undefined || value === null) return false;
  if (typeof value !== 'boolean') throw new KmsFault('SerializationException', `'${name}' is no boolean`);
  return value;
}

function context(value: unknown): Readonly<Record<string, string>> {
  if (value === undefined || value === null) return {};
  if (typeof value !== 'object' || Array.isArray(value)) throw new KmsFault('SerializationException');
  for (const [key, entry] of Object.entries(value)) {
    if (typeof entry !== 'string') throw new KmsFault('SerializationException');
    if (key.length === 0) throw invalid("Value at 'encryptionContext' has an empty key");
  }
  if (Buffer.byteLength(JSON.stringify(value)) > MAX_CONTEXT_BYTES) {
    throw invalid(lengthOf('encryptionContext', 0, MAX_CONTEXT_BYTES));
  }
  return value as Readonly<Record<string, string>>;
}

// Never the value: it may be a plaintext.
function lengthOf(name: string, least: number, most: number): string {
  return `Value at '${name}' failed to satisfy constraint: Member must have length from ${String(least)} to ${String(most)}`;
}

function invalid(what: string): KmsFault {
  return new KmsFault('ValidationException', `1 validation error detected: ${what}`);
}

/** What a signed request says of its signer. */
interface Authorization {
  readonly accessKeyId: string;
  /** The region that the request is for. */
  readonly region: string;
}

const HEADER =
  /^AWS4-HMAC-SHA256 Credential=([A-Za-z0-9]{4,128})\/(\d{8})\/([a-z0-9-]+)\/([a-z0-9-]+)\/aws4_request, ?SignedHeaders=([a-z0-9;-]+), ?Signature=([0-9a-f]{64})$/;
const MAX_SKEW_MS = 5 * 60 * 1000;
const SIGNED = { kms: ['host', 'x-amz-date', 'x-amz-target'], sts: ['host', 'x-amz-date'] };

/**
 * Checks the form of a Signature Version 4 header: algorithm, scope, signed headers, date. The signature
 * itself is not computed.
 *
 * @param now the server's clock, in milliseconds since 1970
 * @param expected the service that the request must be signed for
 * @throws KmsFault as the service answers an unsigned or wrongly signed request
 */
export function readAuthorization(
  headers: IncomingHttpHeaders,
  now: number,
  expected: keyof typeof SIGNED = 'kms',
): Authorization {
  const { authorization } = headers;
  if (authorization === undefined) {
    throw new KmsFault('MissingAuthenticationTokenException', 'Missing Authentication Token');
  }
  const [, accessKeyId, day, region, service, signed] = HEADER.exec(authorization) ?? [];
  if (accessKeyId === undefined || region === undefined || day === undefined) {
    throw new KmsFault(
      'IncompleteSignatureException',
      'The Authorization header is not of the expected form.',
    );
  }
  const date = headers['x-amz-date'];
  if (
    service !== expected ||
    typeof date !== 'string' ||
    !/^\d{8}T\d{6}Z$/.test(date) ||
    !date.startsWith(day)
  ) {
    throw new KmsFault(
      'InvalidSignatureException',
      'Credential should be scoped to correct service and date.',
    );
  }
  const at = Date.parse(date.replace(/^(....)(..)(..T..)(..)(..Z)$/, '$1-$2-$3:$4:$5'));
  if (!(Math.abs(at - now) <= MAX_SKEW_MS)) {
    throw new KmsFault('InvalidSignatureException', `Signature expired or not yet current: ${date}`);
  }
  const names = (signed ?? '').split(';');
  const unsigned = SIGNED[expected].find((name) => !names.includes(name));
  if (unsigned !== undefined) {
    throw new KmsFault('InvalidSignatureException', `'${unsigned}' must be a signed header.`);
  }
  return { accessKeyId, region };
}

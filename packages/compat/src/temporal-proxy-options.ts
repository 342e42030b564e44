import { ConfigurationError, Keyring, type DataKeyLimits, type DataKeyOptions } from '@waxseal/core';
import type { KeyringRequestOptions, Telemetry } from '@waxseal/core';
import { assertKnownOptions, dataKeyLimits, quote } from '@waxseal/core/internal';
import { identityOfKek, parseKekUri, type KekUri } from './kek-uri';
import { ProxyKek, type ProxyKey, type RawKey } from './proxy-key';
import { SecretboxKey } from './secretbox-key';
import type { KeyEncryptionKey } from '@waxseal/core/provider';

/** Options of a `TemporalProxyCodec`. */
export interface TemporalProxyCodecOptions {
  /**
   * Keys by their URI, as the proxy's configuration has it: `{ 'awskms:///arn:…?region=eu-west-1': new
   * AwsKmsKey(…) }`. A URI in a payload is compared with these, as text, and never followed. A provider's key
   * is asked without an AAD; of `context_*` parameters make its `encryptionContext` by `encryptionContextOf`.
   */
  readonly keys?: Readonly<Record<string, ProxyKey>> | undefined;
  /**
   * URIs of test keys, `testing://…` or `base64key://…`, each of which is the key itself: take them from the
   * environment or a file. Needs the package `@noble/ciphers`.
   */
  readonly base64Keys?: readonly string[] | undefined;
  /**
   * Encrypts in the proxy's format, under the key of this URI, so that processes behind the proxy can read
   * what this one writes. Without it, the codec reads only.
   */
  readonly writeUnder?: string | undefined;
  /**
   * Life of data keys and of the cache of unwrapped ones. `maxMessages` is at most 2 ** 30: nonces of 12
   * random bytes are good for 2 ** 32 under one key (NIST SP 800-38D §8.3), and another process may encrypt
   * under none of these.
   */
  readonly dataKeys?: Omit<DataKeyOptions, 'shared'> | undefined;
  /** Deadlines, circuit breaker and limits of the requests to key services, as of a `Keyring`. */
  readonly requests?: KeyringRequestOptions | undefined;
  /** Is told of key requests, data keys and redacted failures. */
  readonly telemetry?: Telemetry | undefined;
}

/** The key that is written under. */
export interface WritingKey {
  /** `encryption-key-id` of what is written, in UTF-8. May be the key itself. */
  readonly keyId: Uint8Array;
  readonly shown: string;
}

/** {@link TemporalProxyCodecOptions}, checked. */
export interface TemporalProxySettings {
  readonly keyring: Keyring;
  /** IDs of the keyring's keys, by what tells their URI. */
  readonly ids: ReadonlyMap<string, string>;
  readonly writing: WritingKey | undefined;
  readonly limits: DataKeyLimits;
  readonly telemetry: Telemetry | undefined;
}

const OPTIONS: ReadonlySet<string> = new Set([
  'keys',
  'base64Keys',
  'writeUnder',
  'dataKeys',
  'requests',
  'telemetry',
]);
const MOST_MESSAGES = 2 ** 30;
const MOST_VERSIONS = 8;

interface NamedKek {
  readonly uri: KekUri;
  readonly kek: ProxyKek;
}

/** @throws ConfigurationError that names the option */
export function temporalProxySettings(options: TemporalProxyCodecOptions): TemporalProxySettings {
  // Callers from JavaScript can hand over anything.
  const given: Readonly<Record<string, unknown>> = { ...(options as TemporalProxyCodecOptions | undefined) };
  assertKnownOptions(given, OPTIONS, (name) => `TemporalProxyCodec: ${JSON.stringify(name)}`);
  const all = [...keksOf(given['keys'] ?? {}), ...base64KeksOf(given['base64Keys'] ?? [])];
  if (all.length === 0) {
    throw new ConfigurationError(
      'TemporalProxyCodec: give at least one key: keys: { [uri]: new AwsKmsKey({ … }) }, by the URI that the proxy has.',
    );
  }
  const ids = new Map(all.map(({ uri, kek }) => [identityOfKek(uri.text), kek.id]));
  if (ids.size !== all.length) {
    throw new ConfigurationError('TemporalProxyCodec: two keys have the same URI. Name each key once.');
  }
  const writer = writerOf(given['writeUnder'], all);
  const others = all.filter((one) => one !== writer).map(({ kek }) => kek);
  const { telemetry } = given;
  if (telemetry !== undefined && (typeof telemetry !== 'object' || telemetry === null)) {
    throw new ConfigurationError(
      'TemporalProxyCodec: telemetry must be a Telemetry, such as openTelemetry().',
    );
  }
  const requests = given['requests'] as KeyringRequestOptions | undefined;
  return {
    keyring: new Keyring({ primary: writer?.kek, decryptOnly: others, requests }),
    ids,
    writing: writer && { keyId: new TextEncoder().encode(writer.uri.text), shown: writer.uri.shown },
    limits: limitsOf(given['dataKeys'] as DataKeyOptions | undefined),
    telemetry: telemetry,
  };
}

function keksOf(keys: unknown): readonly NamedKek[] {
  if (typeof keys !== 'object' || keys === null || Array.isArray(keys)) {
    throw new ConfigurationError('TemporalProxyCodec: keys must be an object of keys by their URI.');
  }
  return Object.entries(keys as Readonly<Record<string, unknown>>).map(([name, given]) => {
    const uri = parseKekUri(name, 'TemporalProxyCodec: each name in keys');
    const field = `TemporalProxyCodec: keys[${quote(uri.shown)}]`;
    if (uri.isBase64Key) {
      throw new ConfigurationError(
        `${field} is a test key: give its URI to base64Keys, which needs no other key.`,
      );
    }
    const versions = Array.isArray(given) ? (given as readonly unknown[]) : [given];
    if (versions.length === 0 || versions.length > MOST_VERSIONS || !versions.every(isKey)) {
      throw new ConfigurationError(
        `${field} must be a key of a provider, such as an AwsKmsKey; an array of up to ${String(MOST_VERSIONS)} of them; or an object with unwrap().`,
      );
    }
    return { uri, kek: new ProxyKek(uri.shown, versions) };
  });
}

function base64KeksOf(uris: unknown): readonly NamedKek[] {
  if (!Array.isArray(uris)) {
    throw new ConfigurationError('TemporalProxyCodec: base64Keys must be an array of URIs.');
  }
  return (uris as readonly unknown[]).map((text, index) => {
    const field = `TemporalProxyCodec: base64Keys[${String(index)}]`;
    const uri = parseKekUri(text, field);
    if (!uri.isBase64Key)
      throw new ConfigurationError(`${field} must begin with testing:// or base64key://.`);
    return { uri, kek: new ProxyKek(uri.shown, [new SecretboxKey(uri)]) };
  });
}

function isKey(value: unknown): value is KeyEncryptionKey | RawKey {
  return typeof (value as Partial<RawKey> | null | undefined)?.unwrap === 'function';
}

function writerOf(writeUnder: unknown, all: readonly NamedKek[]): NamedKek | undefined {
  if (writeUnder === undefined) return undefined;
  const uri = parseKekUri(writeUnder, 'TemporalProxyCodec: writeUnder');
  const writer = all.find((one) => one.uri.text === uri.text);
  if (writer === undefined) {
    throw new ConfigurationError(
      `TemporalProxyCodec: writeUnder names ${quote(uri.shown)}, which is none of the keys. The proxy compares whole texts, so write it as the proxy has it.`,
    );
  }
  if (!writer.kek.canWrap) {
    throw new ConfigurationError(
      `TemporalProxyCodec: the key ${quote(uri.shown)} of writeUnder must be one key that can wrap: a provider's, or an object with wrap().`,
    );
  }
  return writer;
}

function limitsOf(given: DataKeyOptions | undefined): DataKeyLimits {
  if (given?.shared !== undefined) {
    throw new ConfigurationError('TemporalProxyCodec: dataKeys.shared is for the EnvelopeCodec alone.');
  }
  const limits = dataKeyLimits(given);
  if (limits.maxMessages <= MOST_MESSAGES) return limits;
  throw new ConfigurationError(
    `TemporalProxyCodec: dataKeys.maxMessages must be at most 2 ** 30, ${String(MOST_MESSAGES)}.`,
  );
}

import { createHash } from 'node:crypto';
import { ConfigurationError } from '@waxseal/core';
import { isKeyId } from '@waxseal/core/internal';
import { shownKeyId } from './peer-format-error';

/** The scheme of temporal-proxy's test keys, as payloads have it, and as its configuration has it. */
const BASE64_KEY = 'base64key';
const TESTING = 'testing';

/** URI of a key-encryption key of temporal-proxy: compared as text, and never followed. */
export interface KekUri {
  /** As payloads have it. May be the key itself. */
  readonly text: string;
  /** As it may be shown; for test keys a fingerprint. */
  readonly shown: string;
  /** Whether it is a test key, whose URI is the key. */
  readonly isBase64Key: boolean;
}

/**
 * Reads a URI as temporal-proxy's configuration has it. `testing://` becomes `base64key://`, as the proxy
 * writes it; all else stays as it is, since the proxy compares whole texts.
 *
 * @throws ConfigurationError where it is no such URI; the text is not repeated
 */
export function parseKekUri(uri: unknown, field: string): KekUri {
  const match = typeof uri === 'string' ? SHAPE.exec(uri) : null;
  if (match === null || !isKeyId(uri)) {
    throw new ConfigurationError(
      `${field} must be the URI of a key as temporal-proxy's configuration has it, such as "awskms:///arn:aws:kms:…?region=eu-west-1".`,
    );
  }
  const [, scheme = '', rest = ''] = match;
  const isBase64Key = isTestScheme(scheme);
  const text = isBase64Key ? `${BASE64_KEY}:${rest}` : uri;
  return { text, shown: shownKeyId(text), isBase64Key };
}

const SHAPE = /^([a-z][a-z0-9+.-]*):(\/\/.+)$/is;

function isTestScheme(scheme: string): boolean {
  const lower = scheme.toLowerCase();
  return lower === TESTING || lower === BASE64_KEY;
}

/**
 * What tells a URI, of a configuration or of a payload: its digest, so that a look-up tells nothing of a test
 * key by the time that it takes. Schemes are compared without regard to case (RFC 3986 §3.1).
 */
export function identityOfKek(uri: string): string {
  const [, scheme = '', rest = uri] = SHAPE.exec(uri) ?? [];
  const known = isTestScheme(scheme) ? BASE64_KEY : scheme.toLowerCase();
  return createHash('sha256').update(`${known}:${rest}`).digest('base64');
}

/**
 * The encryption context that the `context_*` parameters of an `awskms://` URI stand for (gocloud.dev), to be
 * given to `AwsKmsKey` as `encryptionContext`.
 *
 * @throws ConfigurationError where a parameter is named twice, or the URI is none
 */
export function encryptionContextOf(uri: string): Readonly<Record<string, string>> {
  if (!URL.canParse(uri)) {
    throw new ConfigurationError('encryptionContextOf takes an awskms:// URI, and this is none.');
  }
  const context: Record<string, string> = {};
  for (const [name, value] of new URL(uri).searchParams) {
    if (!name.startsWith(PREFIX)) continue;
    const key = name.slice(PREFIX.length);
    if (key === '' || Object.hasOwn(context, key)) {
      throw new ConfigurationError(
        `The parameter ${JSON.stringify(name)} of an awskms:// URI must have a name, and stand there once.`,
      );
    }
    Object.defineProperty(context, key, { value, enumerable: true });
  }
  return context;
}

const PREFIX = 'context_';

import { createHmac } from 'node:crypto';
import { ConfigurationError } from '@waxseal/core/provider';
import { decodeKeyMaterial, parseLocalKeyring, selectLocalKey } from './keyring-file';
import type { LocalKeyOptions } from './options';

/**
 * A key from text: `<id>:<base64>`, base64 alone, or a key-ring document.
 *
 * @param source where the text comes from, for messages; they never hold the text
 * @throws ConfigurationError when there is no text or it is none of these
 */
export function parseLocalKeyText(text: string | undefined, source: string): LocalKeyOptions {
  const trimmed = text?.trim();
  if (!trimmed) {
    throw new ConfigurationError(`${source} is not set. Set it to <id>:<32 bytes in base64>.`);
  }
  if (trimmed.startsWith('{')) return selectLocalKey(parseLocalKeyring(trimmed, source), undefined, source);
  const separator = trimmed.lastIndexOf(':');
  const key = decodeKeyMaterial(trimmed.slice(separator + 1));
  if (key === undefined) {
    throw new ConfigurationError(
      `${source} must be <id>:<32 bytes in base64>. Make the key with "openssl rand -base64 32".`,
    );
  }
  return { id: separator < 0 ? derivedKeyId(key) : trimmed.slice(0, separator), key };
}

/** A name for a key that has none: the same for the same key, and telling nothing of it. */
function derivedKeyId(key: Uint8Array): string {
  return `local-${createHmac('sha256', key).update('waxseal/v1/local-key-id').digest('hex').slice(0, 16)}`;
}

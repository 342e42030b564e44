import { createHmac, type KeyObject } from 'node:crypto';
import type { Payload } from '@temporalio/common';
import { bytesOf } from '@waxseal/core/internal';
import { TokenError } from './token-error';

/** What `encoding` is in the metadata of a payload that is a token (docs/spec/token.md §2). */
export const TOKEN_ENCODING = 'binary/uuid-sub';

const ENCODING = Buffer.from(TOKEN_ENCODING, 'ascii');
const TOKEN_BYTES = 16;
const SCOPE_BYTES = 16;

/** Whether a payload says that it is a token. */
export function isTokenPayload({ metadata }: Payload): boolean {
  return ENCODING.equals(bytesOf(metadata?.['encoding']));
}

/** The payload that Temporal keeps in the place of another. */
export function tokenPayload(token: string): Payload {
  return { metadata: { encoding: new Uint8Array(ENCODING) }, data: bytesOfToken(token) };
}

/**
 * The token that a payload is.
 *
 * @returns a UUID in its text form
 * @throws TokenError where the data are not 16 bytes
 */
export function tokenOf({ data }: Payload): string {
  if (data?.length !== TOKEN_BYTES) throw new TokenError('malformed', undefined);
  const hex = Buffer.from(data).toString('hex');
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
}

/** The 16 bytes of a UUID in its text form, in a fresh buffer. */
export function bytesOfToken(token: string): Uint8Array {
  return new Uint8Array(Buffer.from(token.replaceAll('-', ''), 'hex'));
}

/**
 * The name of a payload within a workflow: the same each time, so that a task that is done again keeps
 * nothing twice, and to be guessed by nobody who lacks the key (docs/spec/token.md §3).
 *
 * @param key naming key of the namespace
 * @param workflowId empty where there is none
 * @returns a UUID of version 8 (RFC 9562 §5.8)
 */
export function nameToken(key: KeyObject, workflowId: string, payload: Payload): string {
  const hmac = createHmac('sha256', key).update('waxseal/v1/token\0', 'ascii');
  const add = (bytes: Uint8Array): void => {
    const length = Buffer.alloc(4);
    length.writeUInt32BE(bytes.length);
    hmac.update(length).update(bytes);
  };
  const { metadata, data, externalPayloads } = payload;
  add(Buffer.from(workflowId, 'utf8'));
  const names = Object.keys(metadata ?? {}).sort();
  add(Buffer.from(String(names.length), 'ascii'));
  for (const name of names) {
    add(Buffer.from(name, 'utf8'));
    add(bytesOf(metadata?.[name]));
  }
  add(bytesOf(data));
  for (const { sizeBytes } of externalPayloads ?? []) add(Buffer.from(String(sizeBytes), 'ascii'));
  return uuidOf(hmac.digest());
}

/** A UUID of version 8 (RFC 9562 §5.8) of the first 16 bytes of a hash. */
export function uuidOf(hash: Uint8Array): string {
  const bytes = Buffer.from(hash.subarray(0, TOKEN_BYTES));
  bytes.writeUInt8((bytes.readUInt8(6) & 0x0f) | 0x80, 6);
  bytes.writeUInt8((bytes.readUInt8(8) & 0x3f) | 0x80, 8);
  return tokenOf({ data: bytes });
}

/** What tells the records of a namespace from those of others, and not which namespace it is. */
export function scopeOf(key: KeyObject): Uint8Array {
  const digest = createHmac('sha256', key).update('waxseal/v1/token-scope', 'ascii').digest();
  return new Uint8Array(digest.subarray(0, SCOPE_BYTES));
}

import { createHash, createHmac, type KeyObject, timingSafeEqual } from 'node:crypto';
import type { DataKeyMember } from '@waxseal/core';

const VERSION = 1;
const MAC_BYTES = 32;
const HEADER_BYTES = 9;
const LABEL = Buffer.from('waxseal/v1/shared-key-record\0', 'ascii');

/** What a record says of a shared key. */
export interface KeyRecordContent {
  /** When it was made, by the maker's time of day, in milliseconds since 1970. */
  readonly madeAtMs: number;
  /** As the codec that made it announced it. */
  readonly key: Uint8Array;
}

/**
 * The name that all have in common who may share data keys: those whose data keys are wrapped by the same
 * keys, and who keep the same limits.
 */
export function ringOf({ keyIds, wrapPolicy, limits }: DataKeyMember): string {
  const { maxAgeMs, maxStaleAgeMs, maxMessages, maxBytes } = limits;
  const name = ['waxseal/v1/ring', keyIds, wrapPolicy, maxAgeMs, maxStaleAgeMs, maxMessages, maxBytes];
  return createHash('sha256').update(JSON.stringify(name)).digest('hex');
}

/**
 * Writes a record that nobody can make without the fleet's secret, and that is of use for one number of one
 * ring only.
 */
export function sealRecord(
  secret: KeyObject,
  ring: string,
  sequence: number,
  { madeAtMs, key }: KeyRecordContent,
): Uint8Array {
  const header = Buffer.alloc(HEADER_BYTES);
  header.writeUInt8(VERSION);
  header.writeBigUInt64BE(BigInt(Math.round(madeAtMs)), 1);
  const mac = macOf(secret, ring, sequence, header, key);
  return new Uint8Array(Buffer.concat([header, key, mac]));
}

/** @returns `undefined` unless {@link sealRecord} made it with the same secret, ring and number */
export function openRecord(
  secret: KeyObject,
  ring: string,
  sequence: number,
  record: Uint8Array,
): KeyRecordContent | undefined {
  const bytes = Buffer.from(record);
  if (bytes.length <= HEADER_BYTES + MAC_BYTES || bytes[0] !== VERSION) return undefined;
  const header = bytes.subarray(0, HEADER_BYTES);
  const key = new Uint8Array(bytes.subarray(HEADER_BYTES, -MAC_BYTES));
  const mac = macOf(secret, ring, sequence, header, key);
  if (!timingSafeEqual(mac, bytes.subarray(-MAC_BYTES))) return undefined;
  return { madeAtMs: Number(header.readBigUInt64BE(1)), key };
}

function macOf(
  secret: KeyObject,
  ring: string,
  sequence: number,
  header: Uint8Array,
  key: Uint8Array,
): Buffer {
  const number = Buffer.alloc(8);
  number.writeBigUInt64BE(BigInt(sequence));
  // The ring has one length, and so have number and header.
  return createHmac('sha256', secret)
    .update(LABEL)
    .update(ring, 'ascii')
    .update(number)
    .update(header)
    .update(key)
    .digest();
}

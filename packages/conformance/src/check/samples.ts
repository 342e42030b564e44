import { randomBytes } from 'node:crypto';
import type { KeyEncryptionKey, KeyId } from '@waxseal/core/provider';

/** A fresh random data key that does not share memory with anything. */
export function newDataKey(): Uint8Array {
  return new Uint8Array(randomBytes(32));
}

/** The AAD of a case that does not look at AADs. */
export const AAD: Uint8Array = new Uint8Array(Buffer.from('waxseal/conformance'));

/** The shortest and the longest AAD that a provider may be given, and one with every kind of byte. */
export const AADS: readonly Uint8Array[] = [
  Uint8Array.of(0),
  AAD,
  Uint8Array.from({ length: 256 }, (_, index) => index),
];

/** @throws Error when the bytes differ; it does not show them */
export function assertSameBytes(actual: Uint8Array, expected: Uint8Array, what: string): void {
  if (!(actual instanceof Uint8Array) && !ArrayBuffer.isView(actual)) {
    throw new Error(`${what} is no Uint8Array.`);
  }
  if (Buffer.compare(actual, expected) !== 0) {
    throw new Error(`${what} is not what it must be (${String(actual.length)} bytes).`);
  }
}

const AT_ONCE = 16;

/**
 * Does `work` for each item, sixteen at a time: enough to be quick, and below the quotas of a real service.
 */
export async function inBatches<T>(items: readonly T[], work: (item: T) => Promise<unknown>): Promise<void> {
  for (let start = 0; start < items.length; start += AT_ONCE) {
    await Promise.all(items.slice(start, start + AT_ONCE).map(work));
  }
}

/** Whether a keyring takes `keyId` for this key's (`KeyEncryptionKey.owns`). */
export function isOwnKeyId(key: KeyEncryptionKey, keyId: KeyId): boolean {
  return key.owns?.(keyId) ?? keyId === key.id;
}

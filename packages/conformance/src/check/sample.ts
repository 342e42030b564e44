import { randomBytes } from 'node:crypto';

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

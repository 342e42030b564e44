import { generateKeyPair, type KeyObject } from 'node:crypto';
import { promisify } from 'node:util';

/** One RSA key. */
export interface RsaKeyPair {
  readonly publicKey: KeyObject;
  readonly privateKey: KeyObject;
}

const generate = promisify(generateKeyPair);
const made = new Map<number, Promise<RsaKeyPair>[]>();

/**
 * The `index`-th RSA key pair of a size in this process. Making one takes a good part of a second, so the doubles of one process
 * share them; within one double each version of each key has its own.
 *
 * @param bits of the modulus
 */
export function rsaKeyPair(bits: number, index: number): Promise<RsaKeyPair> {
  const ofSize = made.get(bits) ?? [];
  made.set(bits, ofSize);
  return (ofSize[index] ??= generate('rsa', { modulusLength: bits }));
}

import { randomFillSync } from 'node:crypto';

import { SALT_BYTES } from '../envelope/format';

/** Salts that are drawn from the system's generator at once: most of what a draw costs is the call. */
const POOL_SALTS = 256;

const pool = Buffer.allocUnsafeSlow(POOL_SALTS * SALT_BYTES);
let used = pool.length;

/**
 * 32 fresh random bytes. Each is given once; a salt is public.
 *
 * The monotonic clock is mixed in, so that two copies of one process (a virtual machine restored twice from one snapshot)
 * do not go on with the same salts. XOR with a value that does not depend on the random bytes leaves them as random.
 *
 * @returns a buffer that the caller owns
 */
export function freshSalt(): Buffer {
  if (used === pool.length) {
    randomFillSync(pool);
    used = 0;
  }
  const salt = Buffer.allocUnsafe(SALT_BYTES);
  pool.copy(salt, 0, used, used + SALT_BYTES);
  used += SALT_BYTES;
  const [seconds, nanoseconds] = process.hrtime();
  salt.writeUInt32BE((salt.readUInt32BE(0) ^ seconds) >>> 0, 0);
  salt.writeUInt32BE((salt.readUInt32BE(4) ^ nanoseconds) >>> 0, 4);
  return salt;
}

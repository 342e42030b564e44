import { randomBytes } from 'node:crypto';

import type { LocalKeyVersion } from './local-keyring';

/** A fresh version: 32 random bytes, made now. */
export function newKeyVersion(): LocalKeyVersion {
  return { createdAt: new Date().toISOString(), material: randomBytes(32).toString('base64') };
}

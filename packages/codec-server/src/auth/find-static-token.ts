import { createHash, timingSafeEqual } from 'node:crypto';
import type { HashedToken } from './hashed-token';
import type { Principal } from './principal';

/**
 * The principal of a static token. All hashes are compared, each in constant time, so that the time says neither how much
 * of a token was right nor which one it was.
 */
export function findStaticToken(tokens: readonly HashedToken[], presented: string): Principal | undefined {
  const sha256 = createHash('sha256').update(presented, 'utf8').digest();
  let found: Principal | undefined;
  for (const token of tokens) {
    if (timingSafeEqual(token.sha256, sha256)) found = token.principal;
  }
  return found;
}

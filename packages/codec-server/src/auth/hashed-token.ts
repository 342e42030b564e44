import type { Principal } from './principal';

/** One static token: whose it is, and its SHA-256. */
export interface HashedToken {
  readonly principal: Principal;
  /** 32 bytes. */
  readonly sha256: Buffer;
}

import type { Grant } from '../authorization/grant';

/** A fixed token, for the CLI and for scripts. */
export interface StaticToken {
  /** Name of whoever holds it, for rules and the audit log. */
  readonly principal: string;

  /** The token: 32 to 512 characters of `A-Z a-z 0-9 - . _ ~ + /`, from a random source. Only its SHA-256 is kept. */
  readonly token?: string;

  /** SHA-256 of the token in hexadecimal, in place of the token itself. */
  readonly tokenSha256?: string;

  /** What its holder may. Without it, `authorize` decides, where the token's `issuer` is `bearer`. */
  readonly may?: readonly Grant[];
}

/** Accepts fixed tokens, as `Authorization: Bearer <token>`. */
export interface BearerAuthenticatorOptions {
  readonly type: 'bearer';
  readonly tokens: readonly StaticToken[];
}

import type { Grant } from '../authorization/grant';
import type { NamespacePermission } from '../authorization/namespace-permission';

/** Who makes a request, proved by a token or a certificate. */
export interface Principal {
  /** Subject of the token, the name of a static one, or the name in a certificate. Unique only together with `issuer`. */
  readonly id: string;
  /** `iss` of the token, `bearer` for a static one, or `client-certificate`. */
  readonly issuer: string;
  /** What proved it. */
  readonly method: 'jwt' | 'jwt-extras' | 'jwt-cookie' | 'bearer' | 'client-certificate';
  readonly groups: readonly string[];
  /** What the token's permissions claim says, where one is read. */
  readonly permissions: readonly NamespacePermission[];
  /** Claims of the token; empty where there is no JSON Web Token. */
  readonly claims: Readonly<Record<string, unknown>>;
  /** What a static token may, where that is configured with it. */
  readonly grants: readonly Grant[] | undefined;
}

/** What tells a principal from all others; empty for one that is not known. */
export function principalKey(principal: Principal | undefined): string {
  return principal === undefined ? '' : JSON.stringify([principal.issuer, principal.id]);
}

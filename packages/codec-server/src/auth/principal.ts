import type { Grant } from '../authorization/grant';
import type { NamespacePermission } from '../authorization/namespace-permission';

/** Who makes a request, proved by a token. */
export interface Principal {
  /** Subject of the token, or the name of a static one. Unique only together with `issuer`. */
  readonly id: string;
  /** `iss` of the token, or `bearer` for a static one. */
  readonly issuer: string;
  /** What proved it. */
  readonly method: 'jwt' | 'jwt-extras' | 'jwt-cookie' | 'bearer';
  readonly groups: readonly string[];
  /** What the token's permissions claim says, where one is read. */
  readonly permissions: readonly NamespacePermission[];
  /** Claims of the token; empty for a static one. */
  readonly claims: Readonly<Record<string, unknown>>;
  /** What a static token may, where that is configured with it. */
  readonly grants: readonly Grant[] | undefined;
}

import type { ClaimConditions } from './claim-conditions';
import type { PermissionPolicies } from '../authorization/permission-policies';
import type { TokenSource } from './token-source';

/** The options of one issuer after validation, with every default filled in. */
export interface JwtSettings {
  readonly issuer: string;
  readonly audience: readonly string[];
  readonly from: TokenSource;
  readonly jwksUri: string | undefined;
  readonly algorithms: readonly string[];
  readonly clockToleranceMs: number;
  readonly requiredClaims: ClaimConditions;
  readonly subjectClaim: string;
  /** Names on the way to the claim. */
  readonly groupsClaim: readonly string[] | undefined;
  readonly permissionsClaim: string | undefined;
  readonly permissionsRegex: RegExp | undefined;
  readonly permissionPolicies: PermissionPolicies | undefined;
}

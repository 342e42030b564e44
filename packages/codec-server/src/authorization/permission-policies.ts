/**
 * Names of decode policies, or `full`, by role of a permissions claim. Masked roles are not to encode: `write` and `admin` need
 * a policy that shows everything to do so.
 */
export interface PermissionPolicies {
  readonly read: string;
  readonly write: string;
  readonly admin: string;
}

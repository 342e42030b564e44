import type { DecodePolicy } from './decode-policy';

/** What {@link DecodePolicies} takes. */
export interface DecodePoliciesOptions {
  /** Policies by role. A role that is not named here allows what `defaultPolicy` does. */
  readonly policies: Readonly<Record<string, DecodePolicy>>;

  /** What everybody may see who may decode, before any role. Default: `'denied'`. It cannot be `'full'`. */
  readonly defaultPolicy?: DecodePolicy;
}

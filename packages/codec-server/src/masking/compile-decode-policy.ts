import type { CompiledDecodePolicy } from './compiled-decode-policy';
import type { DecodePolicy } from './decode-policy';
import { parseDecodePolicy } from './parse-decode-policy';
import { unitePolicies } from './unite-policies';

/**
 * Checks one decode policy and makes it ready.
 *
 * @param field where it stands, for messages
 * @throws ConfigurationError that names the field: `policy.mask[0].path`
 */
export function compileDecodePolicy(policy: DecodePolicy, field = 'policy'): CompiledDecodePolicy {
  return unitePolicies([parseDecodePolicy(policy, field)]);
}

import { assertKnownOptions, ConfigurationError } from '@waxseal/core';
import { isObject } from '../protojson/is-object';
import type { CompiledDecodePolicy } from './compiled-decode-policy';
import type { DecodePoliciesOptions } from './decode-policies-options';
import { parseDecodePolicy } from './parse-decode-policy';
import { unitePolicies } from './unite-policies';

const OPTIONS: ReadonlySet<string> = new Set(['policies', 'defaultPolicy']);

type Parsed = ReturnType<typeof parseDecodePolicy>;

/**
 * Decode policies by role. Roles add up: whoever has several sees of each value what one of them allows, on top of the
 * default policy. So nobody sees more by having a role less, such as a token of narrower scope.
 */
export class DecodePolicies {
  readonly #byRole: ReadonlyMap<string, Parsed>;
  readonly #default: Parsed;

  /**
   * @throws ConfigurationError that names the field; also where a role says `denied` and the default allows something, or the
   * default is `full`, because the role would then change nothing
   */
  constructor(options: DecodePoliciesOptions) {
    assertKnownOptions(options, OPTIONS, (name) => name);
    const { policies, defaultPolicy = 'denied' } = options;
    if (!isObject(policies)) {
      throw new ConfigurationError('policies must be an object of decode policies by role.');
    }
    this.#default = parseDecodePolicy(defaultPolicy, 'defaultPolicy');
    if (this.#default === 'full') {
      throw new ConfigurationError(
        'defaultPolicy is "full", and roles can only add to it. Leave decode policies out, or start from "denied".',
      );
    }
    this.#byRole = new Map(
      Object.entries(policies).map(([role, policy]) => [role, this.#parse(policy, `policies.${role}`)]),
    );
  }

  /**
   * @param roles names in any order; those without a policy, and repeated ones, change nothing
   * @returns a policy that `denied` is the least of
   */
  policyFor(roles: readonly string[]): CompiledDecodePolicy {
    const own = [...new Set(roles)].flatMap((role) => this.#byRole.get(role) ?? []);
    return unitePolicies([this.#default, ...own]);
  }

  #parse(policy: unknown, field: string): Parsed {
    const parsed = parseDecodePolicy(policy, field);
    if (parsed === 'denied' && this.#default !== 'denied') {
      throw new ConfigurationError(
        `${field} is "denied", but everybody has the defaultPolicy, and roles only add to it. Make that "denied", and give the other roles a policy each.`,
      );
    }
    return parsed;
  }
}

import type { Payload } from '@temporalio/common';
import { ConfigurationError } from '@waxseal/core';
import { assertKnownOptions } from '@waxseal/core/provider';
import { isPauseDue, pause } from '@waxseal/core/internal';
import { isObject } from '../fields';
import type { CompiledDecodePolicy, DecodePoliciesOptions, MaskingOptions } from './decode-policy';
import { hiddenPayload, Unmaskable } from './hidden-payload';
import type { CompiledMask } from './mask-json';
import { maskPayload } from './mask-payload';
import { MaskingBudget, takeSteps } from './steps';
import { parseDecodePolicy } from './parse-policy';

/** In all payloads of one call: some seconds of the processor at the very most. */
const STEPS_PER_CALL = 1_000_000;

const OPTIONS: ReadonlySet<string> = new Set(['policies', 'defaultPolicy']);

type Parsed = ReturnType<typeof parseDecodePolicy>;

/**
 * Decode policies by role. Roles add up: whoever has several sees of each value what one of them allows, on
 * top of the default policy. So nobody sees more by having a role less, such as a token of narrower scope.
 */
export class DecodePolicies {
  readonly #byRole: ReadonlyMap<string, Parsed>;
  readonly #default: Parsed;

  /**
   * @throws ConfigurationError that names the field; also where a role says `denied` and the default allows
   *   something, or the default is `full`, because the role would then change nothing
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

/**
 * The policy of somebody who has all of these: each of them adds to what is seen, and `denied` adds nothing.
 */
function unitePolicies(policies: readonly Parsed[]): CompiledDecodePolicy {
  if (policies.includes('full')) return { kind: 'full', apply: (payloads) => Promise.resolve([...payloads]) };
  const masks = policies.filter((policy) => typeof policy !== 'string');
  if (masks.length === 0) {
    return {
      kind: 'denied',
      apply: (payloads) => Promise.resolve(payloads.map(() => hiddenPayload('denied'))),
    };
  }
  return { kind: 'mask', apply: (payloads, options) => maskAll(payloads, masks, options) };
}

async function maskAll(
  payloads: readonly Payload[],
  masks: readonly CompiledMask[],
  { signal, onDone }: MaskingOptions = {},
): Promise<Payload[]> {
  const budget = new MaskingBudget(STEPS_PER_CALL);
  const shown: Payload[] = [];
  try {
    for (const payload of payloads) {
      while (isPauseDue()) await pause();
      signal?.throwIfAborted();
      shown.push(await maskOrHide(payload, masks, budget, signal));
    }
  } finally {
    onDone?.(budget.used);
  }
  return shown;
}

async function maskOrHide(
  payload: Payload,
  masks: readonly CompiledMask[],
  budget: MaskingBudget,
  signal: AbortSignal | undefined,
): Promise<Payload> {
  try {
    return await takeSteps(maskPayload(payload, masks, budget), signal);
  } catch (error) {
    signal?.throwIfAborted();
    return hiddenPayload(error instanceof Unmaskable ? error.reason : 'failed');
  }
}

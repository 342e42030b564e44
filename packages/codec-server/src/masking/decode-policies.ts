import type { Payload } from '@temporalio/common';
import { ConfigurationError } from '@waxseal/core';
import { isPauseDue, pause } from '@waxseal/core/internal';
import { parseOptions } from '../fields';
import {
  type CompiledDecodePolicy,
  DECODE_POLICIES_OPTIONS,
  type DecodePoliciesOptions,
  type MaskingOptions,
  type MaskRule,
  type MaskSettings,
} from './decode-policy';
import { hiddenPayload, Unmaskable } from './hidden-payload';
import { compilePath } from './json-path';
import type { CompiledMask } from './mask-json';
import { maskPayload } from './mask-payload';
import type { Outcome } from './outcome';
import { MaskingBudget, takeSteps } from './steps';

/** In all payloads of one call: some seconds of the processor at the very most. */
const STEPS_PER_CALL = 1_000_000;

type Compiled = ReturnType<typeof compilePolicy>;

/**
 * Decode policies by role. Roles add up: a principal with several sees of each value what one of them allows,
 * on top of the default policy. So a role less never shows more, such as a token of narrower scope.
 */
export class DecodePolicies {
  readonly #byRole: ReadonlyMap<string, Compiled>;
  readonly #default: Compiled;
  /** What one role sees that nobody has another besides: the usual case. */
  readonly #alone: ReadonlyMap<string, CompiledDecodePolicy>;

  /**
   * @throws ConfigurationError that names the field; also where a role says `denied` and the default allows
   *   something, or the default is `full`, because the role would then change nothing
   */
  constructor(options: DecodePoliciesOptions) {
    const { policies, defaultPolicy } = parseOptions(DECODE_POLICIES_OPTIONS, options);
    this.#default = compilePolicy(defaultPolicy, 'defaultPolicy');
    this.#byRole = new Map(
      Object.entries(policies).map(([role, policy]) => [role, this.#compile(policy, `policies.${role}`)]),
    );
    this.#alone = new Map(
      [...this.#byRole].map(([role, policy]) => [role, unionOfPolicies([this.#default, policy])]),
    );
  }

  /**
   * @param roles names in any order; those without a policy, and repeated ones, change nothing
   * @returns a policy that `denied` is the least of
   */
  policyFor(roles: readonly string[]): CompiledDecodePolicy {
    const [role] = roles;
    const alone = role !== undefined && roles.length === 1 ? this.#alone.get(role) : undefined;
    if (alone !== undefined) return alone;
    const own = [...new Set(roles)].flatMap((role) => this.#byRole.get(role) ?? []);
    return unionOfPolicies([this.#default, ...own]);
  }

  #compile(policy: 'full' | 'denied' | MaskSettings, field: string): Compiled {
    if (policy === 'denied' && this.#default !== 'denied') {
      throw new ConfigurationError(
        `${field} is "denied", but everybody has the defaultPolicy, and roles only add to it. Make that "denied", and give the other roles a policy each.`,
      );
    }
    return compilePolicy(policy, field);
  }
}

/**
 * Makes a decode policy ready to be applied.
 *
 * @param field where it stands, for messages: `policies.support`
 * @throws ConfigurationError that names the field of a path: `policies.support.mask[0].path`
 */
function compilePolicy(
  policy: 'full' | 'denied' | MaskSettings,
  field: string,
): 'full' | 'denied' | CompiledMask {
  if (typeof policy === 'string') return policy;
  const { mask, others, failures } = policy;
  const rules = mask.map((rule, index) => ({
    path: compilePath(rule.path, `${field}.mask[${String(index)}].path`),
    outcome: outcomeOf(rule),
  }));
  return { rules, hidesOthers: others === 'hide', hidesFailures: failures === 'hide' };
}

function outcomeOf({ show = 'nothing', remove }: MaskRule): Outcome {
  if (remove === true) return { kind: 'remove' };
  if (typeof show === 'string') return { kind: show };
  return 'first' in show ? { kind: 'first', count: show.first } : { kind: 'last', count: show.last };
}

/**
 * The policy of a principal who has all of these: each of them adds to what is seen, and `denied` adds
 * nothing.
 */
function unionOfPolicies(policies: readonly Compiled[]): CompiledDecodePolicy {
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
      const masked = maskOrHide(payload, masks, budget, signal);
      shown.push(masked instanceof Promise ? await masked : masked);
    }
  } finally {
    onDone?.(budget.used);
  }
  return shown;
}

/** @returns a promise only where others had the event loop in between */
function maskOrHide(
  payload: Payload,
  masks: readonly CompiledMask[],
  budget: MaskingBudget,
  signal: MaskingOptions['signal'],
): Payload | Promise<Payload> {
  const hide = (error: unknown): Payload => {
    signal?.throwIfAborted();
    return hiddenPayload(error instanceof Unmaskable ? error.reason : 'failed');
  };
  try {
    const masked = takeSteps(maskPayload(payload, masks, budget), signal);
    return masked instanceof Promise ? masked.catch(hide) : masked;
  } catch (error) {
    return hide(error);
  }
}

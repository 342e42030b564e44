import type { Payload } from '@temporalio/common';
import { z } from 'zod';
import { options, record, wholeNumber } from '../fields';

const MAX_RULES = 100;
const MAX_COUNT = 64;
const MAX_PATH_LENGTH = 1_024;

const COUNT = wholeNumber(1, MAX_COUNT, `must be a whole number from 1 to ${String(MAX_COUNT)}.`);

const SHOWN_WORDS = 'must be "nothing", "type", "all", { first: n } or { last: n }, and no combination.';

const SHOWN = z.union(
  [z.enum(['nothing', 'type', 'all'], SHOWN_WORDS), options({ first: COUNT }), options({ last: COUNT })],
  SHOWN_WORDS,
);

/** What a masked value still shows. */
export type Shown = z.input<typeof SHOWN>;

const PATH_WORDS = `must be a JSONPath such as "$.card.number", of at most ${String(MAX_PATH_LENGTH)} characters.`;

/** Fields of {@link MaskRule}. */
export class MaskRuleFields {
  /**
   * JSONPath (RFC 9535) of the values. Names in it are exact for `json/plain`; for `json/protobuf` a field
   * is found under its proto name and its JSON name alike, whichever of them the rule has. A path may
   * select nothing. `match()` and `search()` take a literal pattern only.
   */
  readonly path = z.string(PATH_WORDS).max(MAX_PATH_LENGTH, PATH_WORDS);

  /**
   * What is shown. Default: `'nothing'`.
   *
   * - `'nothing'`: the text `[masked]`, for a value of any type. Of an object or array nothing remains.
   * - `'type'`: `[masked string]`, `[masked object]` and so on.
   * - `{ last: n }`, `{ first: n }`: 1 to 64 letters or digits of a string or of a number written as an
   *   integer, with `****` in the place of the rest; other characters are neither counted nor shown. A
   *   value with fewer than 2n of them shows nothing, and neither does a value of another type.
   * - `'all'`: the value as it is. Only in a policy that hides what no rule selects (`others: 'hide'`).
   */
  readonly show = SHOWN.optional();

  /** Takes the member or element away, instead of showing anything in its place. Excludes `show`. */
  readonly remove = z.literal(true, 'must be true, or left out.').optional();
}

const MASK_RULE = options(
  new MaskRuleFields(),
  'must be a rule such as { path: "$.card.number", show: { last: 4 } }.',
).refine(({ show, remove }) => show === undefined || remove === undefined, {
  path: ['show'],
  error: 'and remove exclude each other.',
});

/** One rule of a {@link MaskPolicy}: which values, and what is left of them. */
export interface MaskRule extends z.input<typeof MASK_RULE> {}

const RULES = `must be a list of 1 to ${String(MAX_RULES)} rules. To mask nothing, write "full" for the policy.`;
const POLICY = 'must be "full", "denied" or { mask: [...] }.';

/** Fields of {@link MaskPolicy}. */
export class MaskPolicyFields {
  /** At least one rule. A value that several select shows what the strictest of them allows. */
  readonly mask = z.array(MASK_RULE, RULES).min(1, RULES).max(MAX_RULES, RULES).readonly();

  /**
   * What becomes of values that no rule selects. With `'hide'` a member or element goes unless a rule
   * selects it, something in it or something that it is in; rules with `show: 'all'` say what stays.
   * Default: `'show'`.
   */
  readonly others = z.enum(['show', 'hide'], 'must be "hide" or "show".').default('show');

  /**
   * Whether message and stack of encoded failures are masked whatever the rules say. Such a payload is a
   * `json/plain` object with a member `stack_trace`. They are free text, which no path can look into.
   * Default: `'hide'`.
   */
  readonly failures = z.enum(['hide', 'show'], 'must be "hide" or "show".').default('hide');
}

const MASK_POLICY = options(new MaskPolicyFields(), POLICY).check(({ value: { mask, others }, issues }) => {
  for (const [index, { show }] of mask.entries()) {
    if (show !== 'all' || others === 'hide') continue;
    issues.push({
      code: 'custom',
      input: show,
      path: ['mask', index, 'show'],
      message:
        'is "all", which what no rule selects shows anyway. Leave the rule out, or write others: "hide" for the policy.',
    });
  }
  if (others === 'hide' && mask.every(showsNothing)) {
    issues.push({
      code: 'custom',
      input: mask,
      message:
        'shows nothing: others is "hide", and no rule shows a part. Write "denied" for the policy, or give a rule show: "all".',
    });
  }
});

/** Shows payloads that can be parsed as its rules say, and hides all others. */
export interface MaskPolicy extends z.input<typeof MASK_POLICY> {}

/** {@link MaskPolicy} after the check. */
export type MaskSettings = z.output<typeof MASK_POLICY>;

const DECODE_POLICY = z.union([z.enum(['full', 'denied'], POLICY), MASK_POLICY], POLICY);

/** What a principal sees of decoded payloads: all, some fields, or none. */
export type DecodePolicy = z.input<typeof DECODE_POLICY>;

const RESERVED = ['full', 'denied'];

/** What the `policies` of a Codec Server are checked by. */
export const DECODE_POLICIES = record(DECODE_POLICY, 'must be an object of decode policies by name.')
  .refine(
    (policies) => Object.keys(policies).length > 0,
    'must be an object of one or more decode policies by name. To show everything to everybody, leave it out.',
  )
  .check(({ value, issues }) => {
    for (const name of RESERVED) {
      if (!Object.hasOwn(value, name)) continue;
      const message = 'has a name with a meaning of its own. Choose another name.';
      issues.push({ code: 'custom', input: value, path: [name], message });
    }
  });

/** Fields of {@link DecodePoliciesOptions}. */
export class DecodePoliciesFields {
  /** Policies by role. A role that is not named here allows what `defaultPolicy` does. */
  readonly policies = record(DECODE_POLICY, 'must be an object of decode policies by role.');

  /** What everybody may see who may decode, before any role. Default: `'denied'`. It cannot be `'full'`. */
  readonly defaultPolicy = DECODE_POLICY.refine(
    (policy): boolean => policy !== 'full',
    'is "full", and roles can only add to it. Leave decode policies out, or start from "denied".',
  ).default('denied');
}

/** What {@link DecodePoliciesOptions} are checked by. */
export const DECODE_POLICIES_OPTIONS = options(new DecodePoliciesFields());

/** What {@link DecodePolicies} takes. */
export interface DecodePoliciesOptions extends z.input<typeof DECODE_POLICIES_OPTIONS> {}

function showsNothing({ show = 'nothing', remove }: MaskRule): boolean {
  return remove === true || show === 'nothing';
}

/** A decode policy that has been checked, ready to be applied. */
export interface CompiledDecodePolicy {
  /** `denied` is to be refused before anything is decrypted; `apply` hides everything then. */
  readonly kind: 'full' | 'mask' | 'denied';

  /**
   * Shows of decoded payloads what the policy allows. Nothing that it cannot mask is passed on. Others have
   * the event loop in between.
   *
   * @param payloads plaintext, which stays unchanged
   * @returns as many payloads in the same order; with `full` the ones given, else new ones
   * @throws only the reason of the signal in `options`, when it ends the work
   */
  apply(payloads: readonly Payload[], options?: MaskingOptions): Promise<Payload[]>;
}

/** What applying a policy takes. */
export interface MaskingOptions {
  /** Ends the work early. */
  readonly signal?: Pick<AbortSignal, 'throwIfAborted'>;
  /** Is told once, at the end, how many steps were taken: a step looks at a value, or at a piece of text. */
  readonly onDone?: (steps: number) => void;
}

import type {
  KeyDescription,
  KeyEncryptionKey,
  KeyPermissions,
  KeyRequestLimits,
} from '@waxseal/core/provider';
import { defineCase } from '../key-provider-case';
import { assertShowsNoSecret } from '../check/secrets';
import { refusalOf } from '../check/refusal-of';
import { AAD, newDataKey } from '../check/samples';
import { withLimits } from '../check/with-limits';
import type { KeyProviderHarness } from '../key-provider-harness';

async function descriptionOf(key: KeyEncryptionKey, harness: KeyProviderHarness): Promise<KeyDescription> {
  if (key.describe === undefined) throw new Error('There is no describe(). Say so in without.describe.');
  const description = await key.describe();
  assertShowsNoSecret(description, 'The description', harness, []);
  const { service, name, state, isUsable, details } = description;
  const texts: readonly unknown[] = [service, name, state, ...Object.values(details)];
  if (!texts.every((text) => typeof text === 'string' && text !== '')) {
    throw new Error('A text of the description is empty or no text.');
  }
  if (typeof isUsable !== 'boolean') throw new Error('isUsable is not a boolean.');
  return description;
}

async function permissionsOf(key: KeyEncryptionKey, harness: KeyProviderHarness): Promise<KeyPermissions> {
  if (key.checkPermissions === undefined) {
    throw new Error('There is no checkPermissions(). Say so in without.checkPermissions.');
  }
  const permissions = await key.checkPermissions(AAD);
  assertShowsNoSecret(permissions, 'The answer of checkPermissions()', harness, []);
  return permissions;
}

const ONCE: Partial<KeyRequestLimits> = { attemptTimeoutMs: 500, totalTimeoutMs: 1_000, maxAttempts: 1 };
/** Nothing was answered about a right: that is an error, and neither yes nor no. */
const UNANSWERED = { reasons: ['throttled', 'unavailable', 'timeout'], dataKeys: [] } as const;

/** What a provider tells a person. */
export const descriptionCases = [
  defineCase('describes a key that wraps as usable', ['describe'], async (harness) => {
    const key = await harness.key();
    await key.wrap(newDataKey(), AAD);
    const [mine, theirs] = [
      await descriptionOf(key, harness),
      await descriptionOf(await harness.otherKey(), harness),
    ];
    if (!mine.isUsable) throw new Error(`A key that wraps is described as not usable: ${mine.state}.`);
    if (mine.name === theirs.name) throw new Error('Two keys are described under one name.');
  }),

  defineCase('describes a disabled key as not usable', ['describe', 'disableKey'], async (harness) => {
    const key = await harness.key();
    await harness.disableKey();
    try {
      const { isUsable, state } = await descriptionOf(key, harness);
      if (isUsable) throw new Error(`A disabled key is described as usable: ${state}.`);
    } catch (error) {
      if ((error as { code?: unknown }).code !== 'WAXSEAL_KEY_SERVICE') throw error;
      const expected = { of: 'describe of a disabled key', reasons: ['disabled'], dataKeys: [] } as const;
      await refusalOf(harness, expected, () => descriptionOf(key, harness));
    }
  }),

  defineCase('does not deny what the caller may do', ['checkPermissions'], async (harness) => {
    const { wrap, unwrap } = await permissionsOf(await harness.key(), harness);
    if (wrap.allowed === false || unwrap.allowed === false) {
      throw new Error('checkPermissions() denies what the caller may do.');
    }
  }),

  defineCase('does not promise what the caller may not do', ['checkPermissions', 'deny'], async (harness) => {
    const key = await harness.key();
    await harness.deny();
    const { wrap, unwrap } = await permissionsOf(key, harness);
    if (wrap.allowed === true || unwrap.allowed === true) {
      throw new Error('checkPermissions() promises what the caller may not do.');
    }
  }),

  defineCase(
    'does not take a service that cannot be reached for a missing right',
    ['checkPermissions', 'disconnect'],
    async (harness) => {
      const key = withLimits(await harness.key(), ONCE);
      await harness.disconnect();
      await refusalOf(harness, { of: 'checkPermissions without a service', ...UNANSWERED }, () =>
        permissionsOf(key, harness),
      );
    },
  ),

  defineCase(
    'does not take a service that is too slow for a missing right',
    ['checkPermissions', 'delay'],
    async (harness) => {
      const key = withLimits(await harness.key(), ONCE);
      await harness.delay(3_000);
      await refusalOf(harness, { of: 'checkPermissions of a slow service', ...UNANSWERED }, () =>
        permissionsOf(key, harness),
      );
    },
  ),

  defineCase(
    'does not take an exhausted quota for a missing right',
    ['checkPermissions', 'throttle'],
    async (harness) => {
      const key = withLimits(await harness.key(), ONCE);
      await harness.throttle(1_000);
      await refusalOf(harness, { of: 'checkPermissions without quota', ...UNANSWERED }, () =>
        permissionsOf(key, harness),
      );
    },
  ),
];

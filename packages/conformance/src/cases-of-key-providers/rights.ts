import type { KeyEncryptionKey, KeyPermission, WrappedKey } from '@waxseal/core/provider';
import { refusalOf } from '../check/refusal-of';
import { AAD, assertSameBytes, newDataKey } from '../check/samples';
import { defineCase } from '../key-provider-case';
import type { KeyProviderHarness } from '../key-provider-harness';

/** What a provider does for those who have the rights that its documents prescribe, and no other. */
export const rightsCases = [
  defineCase('wraps and unwraps with the rights of a worker alone', ['grantOnly'], async (harness) => {
    await harness.grantOnly('worker');
    const key = await harness.key();
    await roundTrip(key);
    await assertAsked(harness, key, { wrap: true, unwrap: true });
  }),

  defineCase(
    'unwraps with the rights of a server that only decodes, and is denied the rest',
    ['grantOnly'],
    async (harness) => {
      const dataKey = newDataKey();
      const wrapped = await (await harness.key()).wrap(dataKey, AAD);
      await harness.grantOnly('decoder');
      const key = await harness.key();
      await assertUnwraps(key, wrapped, dataKey);
      const refused = { of: 'wrap without the right', reasons: ['denied'], dataKeys: [dataKey] } as const;
      await refusalOf(harness, refused, () => key.wrap(dataKey, AAD));
      await assertAsked(harness, key, { wrap: false, unwrap: true });
    },
  ),

  defineCase(
    'answers a check of the configuration with the rights for it alone',
    ['grantOnly'],
    async (harness) => {
      await harness.grantOnly('doctor');
      const key = await harness.key();
      await roundTrip(key);
      const description = await key.describe?.();
      if (description?.isUsable === false) {
        throw new Error(`A key that wraps is described as not usable: ${description.state}.`);
      }
      const permissions = await key.checkPermissions?.(AAD);
      if (permissions === undefined) return;
      assertTold(permissions.wrap, true, 'wrap');
      assertTold(permissions.unwrap, true, 'unwrap');
    },
  ),
];

async function roundTrip(key: KeyEncryptionKey): Promise<void> {
  const dataKey = newDataKey();
  await assertUnwraps(key, await key.wrap(dataKey, AAD), dataKey);
}

async function assertUnwraps(key: KeyEncryptionKey, wrapped: WrappedKey, dataKey: Uint8Array): Promise<void> {
  assertSameBytes(await key.unwrap(wrapped, AAD), dataKey, 'unwrap()');
}

/** Questions may be refused to who may not ask them; an answer must be right. */
async function assertAsked(
  harness: KeyProviderHarness,
  key: KeyEncryptionKey,
  may: { readonly wrap: boolean; readonly unwrap: boolean },
): Promise<void> {
  const permissions = await answerOrDenied(harness, 'checkPermissions', () => key.checkPermissions?.(AAD));
  if (permissions !== undefined) {
    assertTold(permissions.wrap, may.wrap, 'wrap');
    assertTold(permissions.unwrap, may.unwrap, 'unwrap');
  }
  const description = await answerOrDenied(harness, 'describe', () => key.describe?.());
  if (description?.isUsable === false) throw new Error('A key that unwraps is described as not usable.');
}

async function answerOrDenied<T>(
  harness: KeyProviderHarness,
  of: string,
  question: () => Promise<T> | undefined,
): Promise<T | undefined> {
  try {
    return await question();
  } catch (error) {
    await refusalOf(harness, { of, reasons: ['denied'], dataKeys: [] }, () =>
      Promise.reject(error instanceof Error ? error : new Error(String(error))),
    );
    return undefined;
  }
}

function assertTold(permission: KeyPermission, isAllowed: boolean, verb: string): void {
  if (permission.allowed === undefined || permission.allowed === isAllowed) return;
  throw new Error(`checkPermissions() says that ${verb} is ${isAllowed ? 'not ' : ''}allowed.`);
}

import type { KeyServiceErrorReason } from '@waxseal/core/provider';
import { defineCase } from '../key-provider-case';
import { assertSameBytes, AAD, newDataKey } from '../check/samples';
import { refusalOf } from '../check/refusal-of';
import type { KeyProviderHarness } from '../key-provider-harness';

/** Changes the key's state, then wraps and unwraps with an object that worked before and with a new one. */
async function refusesAfter(
  harness: KeyProviderHarness,
  state: string,
  change: () => void | Promise<void>,
  reasons: readonly KeyServiceErrorReason[],
): Promise<void> {
  const before = await harness.key();
  const dataKey = newDataKey();
  const wrapped = await before.wrap(dataKey, AAD);
  await change();
  for (const key of [before, await harness.key()]) {
    const dataKeys = [dataKey];
    await refusalOf(harness, { of: `wrap under a ${state} key`, reasons, dataKeys }, () =>
      key.wrap(dataKey, AAD),
    );
    await refusalOf(harness, { of: `unwrap under a ${state} key`, reasons, dataKeys }, () =>
      key.unwrap(wrapped, AAD),
    );
  }
}

/** Keys that cannot be used, and callers that may not use them. */
export const keyStateCases = [
  defineCase('says "disabled" of a disabled key', ['disableKey'], (harness) =>
    refusesAfter(harness, 'disabled', () => harness.disableKey(), ['disabled']),
  ),

  defineCase('opens again when the key is enabled again', ['disableKey', 'enableKey'], async (harness) => {
    const key = await harness.key();
    const dataKey = newDataKey();
    const wrapped = await key.wrap(dataKey, AAD);
    await harness.disableKey();
    const expected = {
      of: 'unwrap under a disabled key',
      reasons: ['disabled'],
      dataKeys: [dataKey],
    } as const;
    await refusalOf(harness, expected, () => key.unwrap(wrapped, AAD));
    await harness.enableKey();
    assertSameBytes(await key.unwrap(wrapped, AAD), dataKey, 'The data key of a key that is enabled again');
  }),

  defineCase('says "disabled" or "not-found" of a deleted key', ['deleteKey'], (harness) =>
    refusesAfter(harness, 'deleted', () => harness.deleteKey(), ['disabled', 'not-found']),
  ),

  defineCase(
    'says "not-found" of a key that never was, and does not make it',
    ['unknownKey'],
    async (harness) => {
      const mine = await (await harness.key()).wrap(newDataKey(), AAD);
      const dataKey = newDataKey();
      for (const key of [await harness.unknownKey(), await harness.unknownKey()]) {
        for (const attempt of ['first', 'second']) {
          const expected = {
            of: `the ${attempt} wrap under an unknown key`,
            reasons: ['not-found'],
            dataKeys: [dataKey],
          } as const;
          await refusalOf(harness, expected, () => key.wrap(dataKey, AAD));
        }
        const unwrap = {
          of: 'unwrap under an unknown key',
          reasons: ['not-found', 'rejected-ciphertext'],
          dataKeys: [],
        } as const;
        await refusalOf(harness, unwrap, () => key.unwrap({ keyId: key.id, bytes: mine.bytes }, AAD));
      }
    },
  ),

  defineCase('says "denied" when the caller may not use the key', ['deny'], (harness) =>
    refusesAfter(harness, 'forbidden', () => harness.deny(), ['denied']),
  ),
];

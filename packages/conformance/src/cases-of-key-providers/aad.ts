import { defineCase } from '../key-provider-case';
import { assertSameBytes, AAD, newDataKey } from '../check/samples';
import { refusalOf } from '../check/refusal-of';

/** What `bindsAad` promises. */
export const aadCases = [
  defineCase('refuses another AAD where it binds the AAD', [], async (harness) => {
    const key = await harness.key();
    const dataKey = newDataKey();
    const wrapped = await key.wrap(dataKey, AAD);
    const others: readonly Uint8Array[] = [
      Uint8Array.of(0),
      AAD.slice(0, -1),
      Uint8Array.from([...AAD, 0]),
      AAD.map((byte, index) => (index === 0 ? byte ^ 1 : byte)),
      AAD.map((byte, index) => (index === AAD.length - 1 ? byte ^ 0x80 : byte)),
    ];
    for (const aad of others) {
      if (key.bindsAad) {
        const expected = {
          of: 'unwrap with another AAD',
          reasons: ['rejected-ciphertext'],
          dataKeys: [dataKey],
        } as const;
        await refusalOf(harness, expected, () => key.unwrap(wrapped, aad));
      } else {
        assertSameBytes(await key.unwrap(wrapped, aad), dataKey, 'A data key of a provider without AAD');
      }
    }
  }),
];

import { defineCase } from '../define-case';
import { assertShowsNoSecret } from '../check/assert-shows-no-secret';
import { AAD, newDataKey } from '../check/sample';

/** What a provider object shows of itself. Errors are looked at in every case that has one. */
export const secrecyCases = [
  defineCase('shows no secret when it is logged, before and after use', [], async (harness) => {
    const key = await harness.key();
    assertShowsNoSecret(key, 'A new provider object', harness, []);
    const dataKey = newDataKey();
    const wrapped = await key.wrap(dataKey, AAD);
    await key.unwrap(wrapped, AAD);
    assertShowsNoSecret(key, 'A provider object after use', harness, [dataKey]);
    assertShowsNoSecret(wrapped, 'A wrapped key', harness, [dataKey]);
    assertShowsNoSecret({ in: [key] }, 'An object that holds a provider', harness, [dataKey]);
  }),
];

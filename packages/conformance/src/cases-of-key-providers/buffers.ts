import { assertSameBytes, AAD, newDataKey } from '../check/samples';
import { assertShowsNoSecret } from '../check/secrets';
import { defineCase } from '../key-provider-case';

function overlap(a: Uint8Array, b: Uint8Array): boolean {
  return (
    a.buffer === b.buffer &&
    a.byteOffset < b.byteOffset + b.byteLength &&
    b.byteOffset < a.byteOffset + a.byteLength
  );
}

/** Who owns which bytes. */
export const bufferCases = [
  defineCase('leaves what it is given unchanged, and keeps no hold on it', [], async (harness) => {
    const key = await harness.key();
    const [original, given, aad] = [newDataKey(), new Uint8Array(32), AAD.slice()];
    given.set(original);
    const wrapped = await key.wrap(given, aad);
    assertSameBytes(given, original, 'The data key after wrap');
    assertSameBytes(aad, AAD, 'The AAD after wrap');
    given.fill(0);
    const bytes = wrapped.bytes.slice();
    assertSameBytes(
      await key.unwrap(wrapped, aad),
      original,
      'The data key, unwrapped after the input was zeroed',
    );
    assertSameBytes(wrapped.bytes, bytes, 'The wrapped key after unwrap');
    assertSameBytes(aad, AAD, 'The AAD after unwrap');
  }),

  defineCase('takes views into larger buffers', [], async (harness) => {
    const key = await harness.key();
    const dataKey = newDataKey();
    const within = (bytes: Uint8Array): Uint8Array => {
      const larger = new Uint8Array(bytes.length + 14).fill(0xee);
      larger.set(bytes, 7);
      return larger.subarray(7, 7 + bytes.length);
    };
    const wrapped = await key.wrap(within(dataKey), within(AAD));
    const view = { keyId: wrapped.keyId, bytes: within(wrapped.bytes) };
    assertSameBytes(await key.unwrap(view, within(AAD)), dataKey, 'A data key, unwrapped from a view');
  }),

  defineCase('gives fresh buffers that the caller may overwrite', [], async (harness) => {
    const key = await harness.key();
    const dataKey = newDataKey();
    const [first, second] = [await key.wrap(dataKey, AAD), await key.wrap(dataKey, AAD)];
    if (overlap(first.bytes, second.bytes)) throw new Error('Two wrapped keys share memory.');
    if (overlap(first.bytes, dataKey)) throw new Error('A wrapped key shares memory with the data key.');
    const [one, two] = [await key.unwrap(first, AAD), await key.unwrap(first, AAD)];
    if (overlap(one, two)) throw new Error('Two unwrapped data keys share memory.');
    if (overlap(one, first.bytes)) throw new Error('A data key shares memory with the wrapped key.');
    one.fill(0);
    assertSameBytes(two, dataKey, 'A data key after another copy was zeroed');
    assertSameBytes(await key.unwrap(first, AAD), dataKey, 'A data key, unwrapped after a copy was zeroed');
  }),
];

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

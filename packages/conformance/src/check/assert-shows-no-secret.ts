import type { KeyProviderHarness } from '../key-provider-harness';
import { secretForms } from './secret-forms';
import { textsOf } from './texts-of';

/**
 * @param value an error or a provider object
 * @param what its name in the message
 * @throws Error when a text of `value` holds a data key or one of the harness's secrets; the secret is not shown again
 */
export function assertShowsNoSecret(
  value: object,
  what: string,
  harness: KeyProviderHarness,
  dataKeys: readonly Uint8Array[],
): void {
  const texts = textsOf(value);
  const shows = (form: string): boolean => texts.some((text) => text.includes(form));
  if (dataKeys.some((dataKey) => secretForms(dataKey).some(shows))) {
    throw new Error(`${what} shows a data key in its message, stack, inspect, JSON or causes.`);
  }
  const index = harness.secrets.findIndex(shows);
  if (index >= 0) {
    throw new Error(
      `${what} shows secrets[${String(index)}] in its message, stack, inspect, JSON or causes.`,
    );
  }
}

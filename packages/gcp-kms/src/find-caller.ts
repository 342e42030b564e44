import { setTimeout as delay } from 'node:timers/promises';

import type { GcpKmsClient } from './gcp-kms-client';

/**
 * The service account that the client's credentials are for; `undefined` where they do not tell, as those of a person. Only the
 * address is taken: what the SDK gives can have the private key too.
 *
 * @param waitMs longest wait, since a metadata server may be asked
 */
export async function findCaller(
  client: GcpKmsClient,
  waitMs: number,
  signal: AbortSignal | undefined,
): Promise<string | undefined> {
  const found = new AbortController();
  const anySignal = signal === undefined ? found.signal : AbortSignal.any([found.signal, signal]);
  try {
    const credentials = await Promise.race([
      client.auth.getCredentials(),
      delay(waitMs, undefined, { signal: anySignal }),
    ]);
    return credentials?.client_email;
  } catch {
    return undefined;
  } finally {
    found.abort();
  }
}

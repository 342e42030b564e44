import { withDeadline } from '@waxseal/core';

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
  try {
    const { client_email: caller } = await withDeadline(waitMs, signal, () => client.auth.getCredentials());
    return caller;
  } catch {
    return undefined;
  }
}

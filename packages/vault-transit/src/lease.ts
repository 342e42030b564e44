import { jsonObject, type JsonObject } from './json-object';
import { CREDENTIAL } from './vault-names';
import { VaultProtocolError } from './vault-protocol-error';

/** A token, and how long it is good for. Times are of `performance.now()`. */
export interface Lease {
  readonly token: string;
  /** What the server granted, in milliseconds; infinite for a token that does not expire. */
  readonly durationMs: number;
  /** From then on it is worth renewing. */
  readonly renewAt: number;
  /** From then on it is not used. */
  readonly endsAt: number;
  readonly renewable: boolean;
}

/**
 * The `auth` of an answer to a login or a renewal.
 *
 * @param now `performance.now()` before the request was sent
 * @throws VaultProtocolError when there is no token in it
 */
export function leaseOf(answer: JsonObject, now: number): Lease {
  const { client_token: token, lease_duration: seconds, renewable } = jsonObject(answer['auth']);
  if (typeof token !== 'string' || !CREDENTIAL.test(token)) {
    throw new VaultProtocolError(
      'The answer to the login holds no token. Multi-factor logins are not supported.',
    );
  }
  const durationMs = typeof seconds === 'number' && seconds > 0 ? seconds * 1_000 : Infinity;
  return {
    token,
    durationMs,
    renewAt: now + (durationMs * 2) / 3,
    endsAt: now + durationMs * 0.95,
    renewable: renewable === true,
  };
}

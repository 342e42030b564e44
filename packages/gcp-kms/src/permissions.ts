import { withDeadline, type KeyDescription } from '@waxseal/core/provider';
import type { GcpKmsClient, GcpCryptoKey } from './client';
import { versionOf } from './key-name';

/**
 * The service account that the client's credentials are for; `undefined` where they do not tell, as those of
 * a person. Only the address is taken: what the SDK gives can have the private key too.
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

/** What `GetCryptoKey` says, as a description: a key is in the state of its primary version. */
export function describeCryptoKey(key: GcpCryptoKey, keyName: string): KeyDescription {
  const { primary, purpose, rotationPeriod, nextRotationTime } = key;
  const [period, next] = [rotationPeriod, nextRotationTime].map((each) => Number(each?.seconds ?? NaN));
  const details = {
    purpose,
    algorithm: primary?.algorithm,
    protectionLevel: primary?.protectionLevel,
    rotationPeriod: Number.isFinite(period) ? `${String(period)}s` : undefined,
    nextRotationTime: Number.isFinite(next) ? new Date(Number(next) * 1000).toISOString() : undefined,
  };
  return {
    service: 'Google Cloud KMS',
    name: key.name ?? keyName,
    state: String(primary?.state ?? 'no primary version'),
    isUsable: primary?.state === 'ENABLED' && purpose === 'ENCRYPT_DECRYPT',
    version: versionOf(keyName, primary?.name),
    details: Object.fromEntries(
      Object.entries(details)
        .filter(([, value]) => value !== undefined && value !== null)
        .map(([name, value]) => [name, String(value)]),
    ),
  };
}

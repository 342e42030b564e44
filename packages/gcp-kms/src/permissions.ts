import { withDeadline, type KeyDescription, type KeyHistory } from '@waxseal/core/provider';
import type { GcpKmsClient, GcpCryptoKey, GcpCryptoKeyVersion, GcpTimestamp } from './client';
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

const MOST_VERSIONS = 50;

/**
 * What `GetCryptoKey` and `ListCryptoKeyVersions` say of a key's past.
 *
 * @param versions in any order; `undefined` where they could not be listed
 * @param isCut whether there are more versions than were listed
 */
export function historyOf(
  { primary, createTime, rotationPeriod, nextRotationTime }: GcpCryptoKey,
  keyName: string,
  versions: readonly GcpCryptoKeyVersion[] | undefined,
  isCut: boolean,
): Omit<KeyHistory, 'untold'> {
  const period = Number(rotationPeriod?.seconds ?? 0);
  const next = dateOf(nextRotationTime)?.toISOString().slice(0, 10);
  const all = (versions ?? []).flatMap((entry) => {
    const version = versionOf(keyName, entry.name);
    const { createTime: created, state, destroyTime } = entry;
    if (version === undefined) return [];
    return [{ version, createdAt: dateOf(created), state: String(state), endsAt: dateOf(destroyTime) }];
  });
  all.sort((one, other) => Number(other.version) - Number(one.version));
  return {
    createdAt: dateOf(createTime),
    deletedAt: dateOf(primary?.destroyTime),
    rotation: period > 0 ? `every ${inDays(period)}${next === undefined ? '' : `, next on ${next}`}` : 'off',
    ...(versions && {
      versions: all.slice(0, MOST_VERSIONS),
      hasMoreVersions: isCut || all.length > MOST_VERSIONS,
    }),
  };
}

function inDays(seconds: number): string {
  const days = seconds / 86_400;
  return Number.isInteger(days) ? `${String(days)} days` : `${String(seconds)} s`;
}

function dateOf(time: GcpTimestamp): Date | undefined {
  const date = new Date(Number(time?.seconds ?? NaN) * 1000);
  return Number.isNaN(date.getTime()) ? undefined : date;
}

import type { KeyClient, KeyRotationPolicy, KeyVaultKey } from '@azure/keyvault-keys';
import type { KeyHistory, KeyVersionHistory } from '@waxseal/core/provider';
import { keyStateOf, rotationOf } from './exchange';

/** The service has 25 on a page, and lists them in no order of time. */
const MOST_LISTED = 100;
const MOST_VERSIONS = 50;

/** Versions of a key, as the service lists them. */
interface ListedVersions {
  readonly versions: readonly KeyVersionHistory[];
  readonly isCut: boolean;
}

/**
 * The versions of a key: of the first 100 that the service lists the 50 newest. Needs the right to list keys,
 * or with roles the one to read them.
 */
export async function listVersions(
  client: KeyClient,
  name: string,
  options: { readonly abortSignal: AbortSignal },
): Promise<ListedVersions> {
  const versions: KeyVersionHistory[] = [];
  const now = new Date();
  let isCut = false;
  for await (const properties of client.listPropertiesOfKeyVersions(name, options)) {
    if (versions.length === MOST_LISTED) {
      isCut = true;
      break;
    }
    const { version, createdOn: createdAt, expiresOn: endsAt } = properties;
    if (version !== undefined) {
      versions.push({ version, createdAt, state: keyStateOf({ properties }, now), endsAt });
    }
  }
  const time = ({ createdAt }: KeyVersionHistory): number => createdAt?.getTime() ?? 0;
  versions.sort((one, other) => time(other) - time(one));
  return { versions: versions.slice(0, MOST_VERSIONS), isCut: isCut || versions.length > MOST_VERSIONS };
}

/**
 * What the service says of a key's past. Key Vault keeps no record of uses but its log.
 *
 * @param listed `undefined` where the versions could not be listed
 */
export function historyOf(
  { properties }: KeyVaultKey,
  policy: KeyRotationPolicy | undefined,
  listed: ListedVersions | undefined,
  untold: readonly string[],
): KeyHistory {
  const oldest = listed?.isCut === true ? undefined : listed?.versions.at(-1);
  return {
    // The oldest version is as old as the key.
    createdAt: oldest?.createdAt ?? properties.createdOn,
    rotation: rotationOf(policy),
    ...(listed && { versions: listed.versions, hasMoreVersions: listed.isCut }),
    untold,
  };
}

import { KeyServiceError } from '@waxseal/core';
import { withDeadline, type KeyDescription } from '@waxseal/core/provider';
import type { KeyringEntry } from '@waxseal/core/internal';
import { reasonOf } from '../doctor/causes';

/** Longest wait for all that one service is asked of one key. */
const LIMIT_MS = 15_000;
const DAY_MS = 24 * 3600 * 1000;

/** A configured key, with what its service tells. `null` where it does not; times are ISO 8601. */
export interface DescribedKey {
  /** ID of the key as it is configured. */
  readonly id: string;
  readonly role: KeyringEntry['role'];
  /** Namespaces whose keyring holds it; empty where there is one keyring for all. */
  readonly namespaces: readonly string[];
  readonly service: string | null;
  /** The service's full name of the key. */
  readonly name: string | null;
  /** The service's own word. */
  readonly state: string | null;
  /** Whether it can be used in that state; `null` where that is not known. */
  readonly usable: boolean | null;
  /** The version that wraps now. */
  readonly wrapsNow: string | null;
  readonly createdAt: string | null;
  readonly ageDays: number | null;
  /** When the service deletes it, where that is pending. */
  readonly deletedAt: string | null;
  /** Automatic rotation, in words. */
  readonly rotation: string | null;
  /** The newest first, at most 50. */
  readonly versions: readonly DescribedVersion[] | null;
  readonly hasMoreVersions: boolean;
  /** By the service's own record; `at` is `null` where there was no use since it keeps one. */
  readonly lastUse: LastUse | null;
  /** What is not known, and why. */
  readonly untold: readonly string[];
}

/** A version of a key. */
export interface DescribedVersion {
  readonly version: string;
  readonly createdAt: string | null;
  readonly state: string | null;
  readonly endsAt: string | null;
}

/** The last use of a key. */
interface LastUse {
  readonly at: string | null;
  readonly operation: string | null;
  readonly recordedSince: string | null;
}

/** Asks a key's service what it records of it, in 15 seconds at the most. Never rejects. */
export async function describedKey(
  { key, role, limits }: KeyringEntry,
  namespaces: readonly string[],
): Promise<DescribedKey> {
  const unknown = { ...UNKNOWN, id: key.id, role, namespaces };
  if (key.describe === undefined) {
    return { ...unknown, untold: ['all of it: the provider of this key cannot ask its service'] };
  }
  try {
    const description = await withDeadline(LIMIT_MS, undefined, async (signal) =>
      key.describe?.({ history: true, signal, ...(limits && { limits }) }),
    );
    return description === undefined ? unknown : { ...unknown, ...told(description) };
  } catch (error) {
    const isRefusal =
      error instanceof KeyServiceError && error.reason === 'denied' && !error.isUnauthenticated;
    const untold = [`all of it: ${reasonOf(error)}`];
    // Who may wrap and unwrap need not have the right to look at a key.
    return { ...unknown, usable: isRefusal ? null : false, untold };
  }
}

const UNKNOWN = {
  service: null,
  name: null,
  state: null,
  usable: null,
  wrapsNow: null,
  createdAt: null,
  ageDays: null,
  deletedAt: null,
  rotation: null,
  versions: null,
  hasMoreVersions: false,
  lastUse: null,
  untold: [],
} as const;

function told({ service, name, state, isUsable, version, history }: KeyDescription): Partial<DescribedKey> {
  const { createdAt, lastUse } = history ?? {};
  return {
    service,
    name,
    state,
    usable: isUsable,
    wrapsNow: version ?? null,
    createdAt: iso(createdAt),
    ageDays: createdAt === undefined ? null : Math.floor((Date.now() - createdAt.getTime()) / DAY_MS),
    deletedAt: iso(history?.deletedAt),
    rotation: history?.rotation ?? null,
    versions:
      history?.versions?.map((one) => ({
        version: one.version,
        createdAt: iso(one.createdAt),
        state: one.state ?? null,
        endsAt: iso(one.endsAt),
      })) ?? null,
    hasMoreVersions: history?.hasMoreVersions === true,
    lastUse:
      lastUse === undefined
        ? null
        : {
            at: iso(lastUse.at),
            operation: lastUse.operation ?? null,
            recordedSince: iso(lastUse.recordedSince),
          },
    untold: history?.untold ?? ['its history: the provider of this key does not ask for it'],
  };
}

function iso(date: Date | undefined): string | null {
  return date === undefined || Number.isNaN(date.getTime()) ? null : date.toISOString();
}

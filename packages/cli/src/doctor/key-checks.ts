import { type KeyEncryptionKey, ConfigurationError, type Keyring, type KeyringSelector } from '@waxseal/core';
import type { KeyPermission } from '@waxseal/core/provider';
import { type KeyringEntry, WRAP_AAD } from '@waxseal/core/internal';
import { type KeyReport, type Check, reasonOf } from './report';
import { roundTrip } from './round-trip';

/** Asks a key's service all that can be asked, and wraps and unwraps once. Never rejects. */
export async function checkKey(entry: KeyringEntry, namespaces: readonly string[]): Promise<KeyReport> {
  const { key, role } = entry;
  // One after the other, so that the times of the last are of a warm connection.
  const checks = [...(await descriptionChecks(key)), ...(await permissionChecks(key, role))];
  const { check, ...trip } = await roundTrip(entry);
  return { id: key.id, role, namespaces, ...trip, checks: [...checks, check] };
}

const LARGEST_SKEW_MS = 60_000;
/** Services tell the time in whole seconds. */
const PRECISION_MS = 2_000;

/**
 * Checks of what the service says of a key: its state, version, and clock. None where the provider cannot
 * ask.
 */
async function descriptionChecks(key: KeyEncryptionKey): Promise<readonly Check[]> {
  if (key.describe === undefined) return [];
  try {
    const { service, name, state, isUsable, version, clockAheadMs, details } = await key.describe();
    const more = Object.entries(details).map(([field, value]) => `${field} ${value}`);
    const facts = [...(version === undefined ? [] : [`version ${version}`]), ...more].join(', ');
    return [
      {
        name: 'state',
        status: isUsable ? 'ok' : 'fail',
        detail: `${service} says ${name === key.id ? '' : `of ${name} `}${state}${facts === '' ? '' : `: ${facts}`}`,
      },
      clockCheck(clockAheadMs),
    ];
  } catch (error) {
    const detail = `the key cannot be looked at: ${reasonOf(error)}. Payloads do not need that right.`;
    return [{ name: 'state', status: 'warn', detail }];
  }
}

function clockCheck(aheadMs: number | undefined): Check {
  if (aheadMs === undefined) {
    const detail = "the service does not tell its time, so this machine's clock was not compared";
    return { name: 'clock', status: 'ok', detail };
  }
  if (Math.abs(aheadMs) <= PRECISION_MS) {
    return { name: 'clock', status: 'ok', detail: "the service's clock agrees with this machine's" };
  }
  const seconds = (Math.abs(aheadMs) / 1000).toFixed(0);
  const detail = `the service's clock is ${seconds} s ${aheadMs >= 0 ? 'ahead of' : 'behind'} this machine's`;
  return { name: 'clock', status: Math.abs(aheadMs) <= LARGEST_SKEW_MS ? 'ok' : 'warn', detail };
}

/** Checks of who the caller is and what it may do. None where the provider cannot ask. */
async function permissionChecks(
  key: KeyEncryptionKey,
  role: KeyringEntry['role'],
): Promise<readonly Check[]> {
  if (key.checkPermissions === undefined) return [];
  try {
    const { caller, wrap, unwrap } = await key.checkPermissions(WRAP_AAD);
    return [
      {
        name: 'caller',
        status: 'ok',
        detail:
          caller === undefined ? 'the service does not tell who the caller is' : `the caller is ${caller}`,
      },
      permissionCheck('wrap', wrap, role !== 'decryptOnly'),
      permissionCheck('unwrap', unwrap, true),
    ];
  } catch (error) {
    const detail = `rights cannot be asked for: ${reasonOf(error)}`;
    return [{ name: 'caller', status: 'warn', detail }];
  }
}

function permissionCheck(verb: 'wrap' | 'unwrap', permission: KeyPermission, isNeeded: boolean): Check {
  const name = `may-${verb}`;
  switch (permission.allowed) {
    case true:
      return { name, status: 'ok', detail: `the caller may ${verb}` };
    case undefined:
      return {
        name,
        status: 'ok',
        detail: `whether the caller may ${verb} is not asked: ${permission.because}`,
      };
    case false: {
      const reason = reasonOf(permission.error);
      return isNeeded
        ? { name, status: 'fail', detail: `the caller may not ${verb}: ${reason}` }
        : { name, status: 'ok', detail: `the caller may not ${verb}, and this key only decrypts` };
    }
  }
}

/** A key of one or more keyrings, and the namespaces that these are for. */
interface NamespacedEntry {
  readonly entry: KeyringEntry;
  readonly namespaces: string[];
}

/**
 * The keys to look at, each once in each role.
 *
 * @param namespaces to ask a function for keyrings for; without effect on a single keyring
 * @throws ConfigurationError when there is a function and no namespace, or the function throws
 */
export function entriesOf(
  keyring: Keyring | KeyringSelector,
  namespaces: readonly string[],
): readonly NamespacedEntry[] {
  if (typeof keyring !== 'function') return keyring.entries().map((entry) => ({ entry, namespaces: [] }));
  if (namespaces.length === 0) {
    throw new ConfigurationError(
      'The configuration chooses keys by namespace: name those to look at, with --namespace <name>.',
    );
  }
  const found: NamespacedEntry[] = [];
  for (const namespace of namespaces) {
    for (const entry of keyring({ namespace, workflowId: undefined }).entries()) {
      const same = found.find((other) => other.entry.key === entry.key && other.entry.role === entry.role);
      if (same === undefined) found.push({ entry, namespaces: [namespace] });
      else same.namespaces.push(namespace);
    }
  }
  return found;
}

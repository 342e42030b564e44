import {
  type KeyEncryptionKey,
  ConfigurationError,
  type Keyring,
  type KeyringSelector,
  KeyServiceError,
} from '@waxseal/core';
import type { KeyPermission, KeyRequestOptions } from '@waxseal/core/provider';
import { type KeyringEntry, WRAP_AAD } from '@waxseal/core/internal';
import { reasonOf } from './causes';
import type { KeyReport, Check } from './report';
import { roundTrip, type RoundTrip } from './round-trip';

/** How {@link checkKey} goes about it. */
interface CheckOptions {
  /** Ends what is under way. */
  readonly signal?: AbortSignal;
  /**
   * Whether nothing is wrapped where the service says that the caller may unwrap: services record what they
   * refuse, and a server that only decodes need not have the right to wrap. Default: false.
   */
  readonly trustsAnswer?: boolean;
}

/** Asks a key's service all that can be asked, and wraps and unwraps once. Never rejects. */
export async function checkKey(
  entry: KeyringEntry,
  namespaces: readonly string[],
  { signal, trustsAnswer = false }: CheckOptions = {},
): Promise<KeyReport> {
  const { key, role, limits } = entry;
  const request = { ...(signal && { signal }), ...(limits && { limits }) };
  // Before the round trip, so that its times are of a warm connection.
  const [described, { checks: permitted, mayUnwrap }] = await Promise.all([
    descriptionChecks(key, request),
    permissionChecks(key, role, request),
  ]);
  const asked = [...described, ...permitted];
  if (trustsAnswer && mayUnwrap) return { id: key.id, role, namespaces, ...NOT_TRIED, checks: asked };
  const { checks: tried, ...trip } = await roundTrip(entry, request);
  const checks = [...asked.map((one) => heldAgainst(trip, one)), ...tried];
  return { id: key.id, role, namespaces, ...trip, checks };
}

const NOT_TRIED = { recordedAs: undefined, wrapMs: undefined, unwrapMs: undefined };

/** A check of a right, which is no failure where what it denies was just done. */
function heldAgainst({ wrapMs, unwrapMs }: Omit<RoundTrip, 'checks'>, check: Check): Check {
  const done = check.name === 'may-wrap' ? wrapMs : check.name === 'may-unwrap' ? unwrapMs : undefined;
  if (check.status !== 'fail' || done === undefined) return check;
  return { ...check, status: 'warn', detail: `${check.detail}. Yet it has just done so` };
}

/**
 * Asks of the keys of a Codec Server what it needs of them. None where a function chooses keyrings: it is not
 * known for which namespaces.
 *
 * @param canEncode whether the server encrypts too; else a right to wrap is not asked for
 * @param signal ends what is under way, and all that would follow
 */
export async function* checkServedKeys(
  keyring: Keyring | KeyringSelector,
  canEncode: boolean,
  signal?: AbortSignal,
): AsyncIterable<KeyReport> {
  if (typeof keyring === 'function') return;
  // One after the other: at the start of many replicas the service has enough to do.
  for (const entry of keyring.entries()) {
    const asked = canEncode ? entry : { ...entry, role: 'decryptOnly' as const };
    const report = await checkKey(asked, [], { ...(signal && { signal }), trustsAnswer: !canEncode });
    if (signal?.aborted === true) return;
    yield report;
  }
}

const LARGEST_SKEW_MS = 60_000;
/** Services tell the time in whole seconds. */
const PRECISION_MS = 2_000;

/**
 * Checks of what the service says of a key: its state, version, and clock. None where the provider cannot
 * ask.
 */
async function descriptionChecks(
  key: KeyEncryptionKey,
  request: KeyRequestOptions,
): Promise<readonly Check[]> {
  if (key.describe === undefined) return [];
  try {
    const { service, name, state, isUsable, version, clockAheadMs, details } = await key.describe(request);
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
    const isRefused = error instanceof KeyServiceError && error.reason === 'denied';
    const needless = isRefused ? '. Payloads do not need that right.' : '';
    const detail = `the key cannot be looked at: ${reasonOf(error)}${needless}`;
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

/**
 * Checks of who the caller is and what it may do, and whether the service says that it may unwrap. None where
 * the provider cannot ask.
 */
async function permissionChecks(
  key: KeyEncryptionKey,
  role: KeyringEntry['role'],
  request: KeyRequestOptions,
): Promise<{ readonly checks: readonly Check[]; readonly mayUnwrap: boolean }> {
  if (key.checkPermissions === undefined) return { checks: [], mayUnwrap: false };
  try {
    const permissions = await key.checkPermissions(WRAP_AAD, request);
    const { caller, wrap, unwrap, callerUnknownBecause = 'the service does not tell' } = permissions;
    const detail =
      caller === undefined
        ? `who the caller is, is not known: ${callerUnknownBecause}`
        : `the caller is ${caller}`;
    const checks: readonly Check[] = [
      { name: 'caller', status: 'ok', detail },
      permissionCheck('wrap', wrap, role !== 'decryptOnly'),
      permissionCheck('unwrap', unwrap, true),
    ];
    return { checks, mayUnwrap: unwrap.allowed === true };
  } catch (error) {
    const detail = `rights cannot be asked for: ${reasonOf(error)}`;
    return { checks: [{ name: 'caller', status: 'warn', detail }], mayUnwrap: false };
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

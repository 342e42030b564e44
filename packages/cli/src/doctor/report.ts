import { howMany } from '../printable';
import type { KeyringEntry } from '@waxseal/core/internal';
import { bad, careful, good, heading, type Line } from '../terminal/colour';

/** How a check ended. A warning does not fail a run. */
type CheckStatus = 'ok' | 'warn' | 'fail';

/** One thing that was looked at. */
export interface Check {
  /**
   * What was checked, stable for programs: `node`, `crypto`, `fips`, `state`, `caller`, `may-wrap`,
   * `round-trip`, …
   */
  readonly name: string;
  readonly status: CheckStatus;
  /** A sentence for a person. Holds no secret. */
  readonly detail: string;
}

/** What was found about one key. */
export interface KeyReport {
  /** ID of the key as it is configured. */
  readonly id: string;
  readonly role: KeyringEntry['role'];
  /** Namespaces whose keyring holds it; empty where there is one keyring for all. */
  readonly namespaces: readonly string[];
  /** Key ID that a payload would record; `undefined` where nothing was wrapped. */
  readonly recordedAs: string | undefined;
  /** Milliseconds. */
  readonly wrapMs: number | undefined;
  readonly unwrapMs: number | undefined;
  readonly checks: readonly Check[];
}

/** What `waxseal doctor --json` prints. */
export interface DoctorReport {
  /** Whether no check failed. */
  readonly ok: boolean;
  readonly version: string;
  /** The configuration file; `null` where there is none. */
  readonly config: string | null;
  /** ISO 8601, by this machine's clock. */
  readonly time: string;
  readonly runtime: readonly Check[];
  readonly keys: readonly KeyReport[];
  /** The `server` section of the configuration; only where there is one. */
  readonly server?: readonly Check[];
  /** The transactional store; only where one is configured. */
  readonly store?: readonly Check[];
  /** The way to Temporal; only with `--temporal`. */
  readonly temporal?: readonly Check[];
}

const STYLES = { ok: good, warn: careful, fail: bad } as const;

const ROLES: Readonly<Record<KeyReport['role'], string>> = {
  primary: 'primary key',
  additional: 'key that is wrapped for too',
  decryptOnly: 'key that only decrypts',
};

/** A report for a person, line by line. What services said cannot steer a terminal. */
export function formatReport({
  version,
  config,
  runtime,
  keys,
  server = [],
  store = [],
  temporal = [],
}: DoctorReport): readonly Line[] {
  const checks = [...runtime, ...keys.flatMap((key) => key.checks), ...server, ...store, ...temporal];
  const count = (status: Check['status']): number => checks.filter((check) => check.status === status).length;
  return [
    `waxseal ${version}, ${config ?? 'keys from the environment'}`,
    ...runtime.map(formatCheck),
    ...keys.flatMap((key) => ['', [heading(titleOf(key))], ...key.checks.map(formatCheck)]),
    ...section('Codec Server', server),
    ...section('Store', store),
    ...section('Temporal', temporal),
    '',
    `${howMany(keys.length, 'key')}: ${howMany(count('fail'), 'failure')}, ${howMany(count('warn'), 'warning')}`,
  ];
}

function section(title: string, checks: readonly Check[]): readonly Line[] {
  return checks.length === 0 ? [] : ['', [heading(title)], ...checks.map(formatCheck)];
}

function titleOf({ id, role, namespaces }: KeyReport): string {
  const where = namespaces.length === 0 ? '' : ` of ${namespaces.join(', ')}`;
  return `${id} (${ROLES[role]}${where})`;
}

/** One check, as a line for a person. */
export function formatCheck({ status, detail }: Check): Line {
  return ['  ', STYLES[status](status), `${' '.repeat(6 - status.length)}${detail}`];
}

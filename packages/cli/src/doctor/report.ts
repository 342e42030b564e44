import { KeyServiceError } from '@waxseal/core';
import { type KeyringEntry, escapeUnprintable } from '@waxseal/core/internal';
import { printable } from '../printable';

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
  /** The way to Temporal; only with `--temporal`. */
  readonly temporal?: readonly Check[];
}

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
  temporal = [],
}: DoctorReport): readonly string[] {
  const checks = [...runtime, ...keys.flatMap((key) => key.checks), ...temporal];
  const count = (status: Check['status']): number => checks.filter((check) => check.status === status).length;
  const of = (number: number, noun: string): string => `${String(number)} ${noun}${number === 1 ? '' : 's'}`;
  return [
    `waxseal ${version}, ${config ?? 'keys from the environment'}`,
    ...runtime.map(formatCheck),
    ...keys.flatMap((key) => ['', heading(key), ...key.checks.map(formatCheck)]),
    ...(temporal.length === 0 ? [] : ['', 'Temporal', ...temporal.map(formatCheck)]),
    '',
    `${of(keys.length, 'key')}: ${of(count('fail'), 'failure')}, ${of(count('warn'), 'warning')}`,
  ].map(escapeUnprintable);
}

function heading({ id, role, namespaces }: KeyReport): string {
  const where = namespaces.length === 0 ? '' : ` of ${namespaces.join(', ')}`;
  return `${id} (${ROLES[role]}${where})`;
}

function formatCheck({ status, detail }: Check): string {
  return `  ${status.padEnd(5)} ${detail}`;
}

/** Why a key service did not do something, in one line: the reason, and what the service said. */
export function reasonOf(error: unknown): string {
  if (!(error instanceof KeyServiceError)) return error instanceof Error ? error.name : typeof error;
  const said = error.cause instanceof Error ? `, ${printable(error.cause.message).slice(0, 300)}` : '';
  return `${error.reason}${said}`;
}

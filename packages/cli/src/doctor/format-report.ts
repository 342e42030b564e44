import { escapeUnprintable } from '@waxseal/core';

import type { Check } from './check';
import type { DoctorReport, KeyReport } from './doctor-report';

const ROLES: Readonly<Record<KeyReport['role'], string>> = {
  primary: 'primary key',
  alsoWrapFor: 'key that is wrapped for too',
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

import { TLSSocket } from 'node:tls';

import type { Check } from '../check';
import { certificateChecks } from './certificate-checks';
import { connectionCheck } from './connection-check';
import { networkFault } from './network-fault';
import { openSession } from './open-session';
import { openSocket } from './open-socket';
import { nameOf } from './name-of';
import { readTemporalSettings } from './read-temporal-settings';
import { serverChecks } from './server-checks';
import { settingsWarnings } from './settings-warnings';
import { speaksTls } from './speaks-tls';
import { TemporalFault } from './temporal-fault';
import type { TemporalSettings } from './temporal-settings';
import { tlsFault } from './tls-fault';

/**
 * Checks the way to Temporal that `@temporalio/envconfig` gives to workers and clients: settings, certificates, TLS, the
 * server's answer, the namespace. Ends at the first that fails. Never rejects.
 *
 * @param environment the variables, `TEMPORAL_CONFIG_FILE` among them
 */
export async function temporalChecks(environment: NodeJS.ProcessEnv): Promise<readonly Check[]> {
  const checks: Check[] = [];
  let name = 'temporal-settings';
  try {
    const settings = readTemporalSettings(environment);
    const how =
      settings.tls === undefined ? 'in clear' : settings.tls.client === undefined ? 'over TLS' : 'over mTLS';
    checks.push(
      { name, status: 'ok', detail: `${settings.address} ${how}` },
      ...settingsWarnings(environment),
    );
    name = 'temporal-certificates';
    if (settings.tls !== undefined) checks.push(...certificateChecks(settings.tls, Date.now()));
    name = 'temporal-connection';
    const socket = await openSocket(settings);
    const session = openSession(socket, settings, (error) => noAnswer(error, settings));
    try {
      if (socket instanceof TLSSocket) checks.push(connectionCheck(socket));
      name = 'temporal-server';
      checks.push(...(await serverChecks(session, settings)));
    } finally {
      session.close();
    }
  } catch (error) {
    const detail =
      error instanceof TemporalFault
        ? error.message
        : `not checked: ${error instanceof Error ? error.name : typeof error}`;
    checks.push({ name, status: 'fail', detail });
  }
  return checks;
}

async function noAnswer(error: unknown, settings: TemporalSettings): Promise<TemporalFault> {
  if (settings.tls !== undefined) return tlsFault(error, settings);
  if (!(await speaksTls(settings))) return networkFault(error, settings);
  return new TemporalFault(
    `${settings.address}: the server speaks TLS, and TLS is off here. Set ${nameOf('tls')} to true`,
  );
}

import { constants } from 'node:fs';
import { access } from 'node:fs/promises';
import { dirname } from 'node:path';
import {
  assertCanListen,
  createCodecServer,
  listenOptionsOfConfig,
  optionsOfConfig,
} from '@waxseal/codec-server';
import type { LoadedConfig } from '@waxseal/config';
import { ConfigurationError } from '@waxseal/core';
import { ledByFile, type ServeFlags, serverSettings } from '../server-settings';
import { readAuditKey } from '../audit/audit-key';
import type { Check } from './report';

/** A codec that encrypts nothing. */
export const WRITES_IN_CLEAR: Check = {
  name: 'encrypt',
  status: 'warn',
  detail: 'encrypt is false: what is encoded here is in clear, as in the first stage of a migration',
};

/**
 * Checks what `waxseal serve` would be started with: options, rules, certificate and the audit log. No port
 * is bound, no file made, and no key asked.
 *
 * @param given options of the command line; `undefined` where they are not known, nor the files of the
 *   machine that it is to run on: what depends on them is a warning then
 */
export async function serverChecks(
  config: LoadedConfig,
  given: ServeFlags | undefined,
): Promise<readonly Check[]> {
  const flags = given ?? {};
  const settings = serverSettings(config.server, flags);
  const { allowedOrigins = [], audit, host = '127.0.0.1' } = settings;
  const ofMachine = given === undefined ? 'warn' : 'fail';
  const checks = [...(await optionChecks(config, flags, ofMachine))];
  if (settings.allowEncode === true && !config.codec.encrypts) checks.push(WRITES_IN_CLEAR);
  if (allowedOrigins.length === 0) {
    const detail = 'no Web UI can use it: allowedOrigins (--allow-origin) is empty. The CLI can';
    checks.push({ name: 'server-origins', status: 'warn', detail });
  }
  if (flags.allowUnauthenticatedNetworkAccess === true && settings.auth === undefined) {
    const detail = `there is no authentication: everyone who can connect to ${host} can decrypt`;
    checks.push({ name: 'server-auth', status: 'warn', detail });
  }
  if (audit !== undefined && audit !== 'stdout' && audit !== 'otlp') {
    checks.push(await auditCheck(audit, ofMachine));
  }
  if (settings.auditKeyFile !== undefined) checks.push(auditKeyCheck(settings.auditKeyFile, ofMachine));
  return checks;
}

async function optionChecks(
  config: LoadedConfig,
  flags: ServeFlags,
  ofMachine: Check['status'],
): Promise<readonly Check[]> {
  const settings = serverSettings(config.server, flags);
  const { allowUnauthenticatedNetworkAccess = false } = flags;
  const made = await complaintOf(config, () =>
    Promise.resolve(createCodecServer({ ...optionsOfConfig(settings), codecs: config.codecs })),
  );
  if (typeof made === 'string') return [{ name: 'server-options', status: 'fail', detail: made }];
  const options = { ...listenOptionsOfConfig(settings), allowUnauthenticatedNetworkAccess };
  const complaint = await complaintOf(config, () => assertCanListen(made, options));
  if (typeof complaint === 'string') return [{ name: 'server-listen', status: ofMachine, detail: complaint }];
  const { auth = [], tls, host = '127.0.0.1', port = 8081 } = settings;
  const who = auth.length === 0 ? 'without authentication' : `with auth of ${String(auth.length)} kind(s)`;
  const detail = `would serve ${tls === undefined ? 'http' : 'https'} on ${host} port ${String(port)}, ${who}`;
  return [{ name: 'server-options', status: 'ok', detail }];
}

/** What `work` gives, or what it complains of. */
async function complaintOf<T>(config: LoadedConfig, work: () => Promise<T>): Promise<T | string> {
  try {
    return await ledByFile(config, work);
  } catch (error) {
    if (!(error instanceof ConfigurationError)) throw error;
    return error.message;
  }
}

async function auditCheck(file: string, otherwise: Check['status']): Promise<Check> {
  const name = 'server-audit';
  const isThere = await mayWrite(file);
  if (isThere ?? (await mayWrite(dirname(file)))) {
    return { name, status: 'ok', detail: `the audit file ${file} can be written` };
  }
  const detail = `the audit file ${file} cannot be written: check that its directory is there, and both may be written`;
  return { name, status: otherwise, detail };
}

function auditKeyCheck(file: string, otherwise: Check['status']): Check {
  const name = 'server-audit-key';
  try {
    readAuditKey(file);
    return { name, status: 'ok', detail: `the key of the audit log ${file} can be used` };
  } catch (error) {
    if (!(error instanceof ConfigurationError)) throw error;
    return { name, status: otherwise, detail: error.message };
  }
}

/** Undefined where nothing is there. */
async function mayWrite(path: string): Promise<boolean | undefined> {
  try {
    await access(path, constants.W_OK);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ENOENT' ? undefined : false;
  }
}

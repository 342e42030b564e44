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
import type { Check } from './report';

/**
 * Checks what `waxseal serve` would be started with: options, rules, certificate and the audit log. No port
 * is bound, no file made, and no key asked.
 */
export async function serverChecks(config: LoadedConfig, flags: ServeFlags): Promise<readonly Check[]> {
  const settings = serverSettings(config.server, flags);
  const { allowedOrigins = [], audit, host = '127.0.0.1' } = settings;
  const checks = [await optionsCheck(config, flags)];
  if (allowedOrigins.length === 0) {
    const detail = 'no Web UI can use it: allowedOrigins (--allow-origin) is empty. The CLI can';
    checks.push({ name: 'server-origins', status: 'warn', detail });
  }
  if (flags.allowUnauthenticatedNetworkAccess === true && settings.auth === undefined) {
    const detail = `there is no authentication: everyone who can connect to ${host} can decrypt`;
    checks.push({ name: 'server-auth', status: 'warn', detail });
  }
  if (audit !== undefined && audit !== 'stdout' && audit !== 'otlp') checks.push(await auditCheck(audit));
  return checks;
}

async function optionsCheck(config: LoadedConfig, flags: ServeFlags): Promise<Check> {
  const name = 'server-options';
  const settings = serverSettings(config.server, flags);
  const { allowUnauthenticatedNetworkAccess = false } = flags;
  try {
    await ledByFile(config, async () => {
      const server = createCodecServer({ ...optionsOfConfig(settings), codecs: config.codecs });
      const options = { ...listenOptionsOfConfig(settings), allowUnauthenticatedNetworkAccess };
      await assertCanListen(server, options);
    });
  } catch (error) {
    if (!(error instanceof ConfigurationError)) throw error;
    return { name, status: 'fail', detail: error.message };
  }
  const { auth = [], tls, host = '127.0.0.1', port = 8081 } = settings;
  const who = auth.length === 0 ? 'without authentication' : `with auth of ${String(auth.length)} kind(s)`;
  const detail = `would serve ${tls === undefined ? 'http' : 'https'} on ${host} port ${String(port)}, ${who}`;
  return { name, status: 'ok', detail };
}

async function auditCheck(file: string): Promise<Check> {
  const name = 'server-audit';
  const isThere = await mayWrite(file);
  if (isThere ?? (await mayWrite(dirname(file)))) {
    return { name, status: 'ok', detail: `the audit file ${file} can be written` };
  }
  const detail = `the audit file ${file} cannot be written: check that its directory is there, and both may be written`;
  return { name, status: 'fail', detail };
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

import type { LoadedConfig } from '@waxseal/config';
import { checkKey } from '../doctor/key-checks';
import { type Check, formatCheck } from '../doctor/report';
import { serverChecks } from '../doctor/server-checks';
import type { Output } from '../output';
import { type ServeFlags, serverSettings } from '../server-settings';

/**
 * Checks what a Codec Server would be started with, and its keys, prints each check in a line, and serves
 * nothing. Sets the exit code of the process: 1 when a check fails.
 */
export async function checkOnly(config: LoadedConfig, flags: ServeFlags, { line }: Output): Promise<void> {
  const { keyring } = config;
  const canEncode = serverSettings(config.server, flags).allowEncode === true;
  const checks: Check[] = [...(await serverChecks(config, flags))];
  for (const entry of typeof keyring === 'function' ? [] : keyring.entries()) {
    const asked = canEncode ? entry : { ...entry, role: 'decryptOnly' as const };
    const report = await checkKey(asked, [], { trustsAnswer: !canEncode });
    checks.push(...report.checks.map((check) => ({ ...check, detail: `${report.id}: ${check.detail}` })));
  }
  for (const check of checks) line(formatCheck(check));
  if (checks.some(({ status }) => status === 'fail')) process.exitCode = 1;
}

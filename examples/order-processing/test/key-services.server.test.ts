import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { KEY_SERVICES, type KeyService } from '@waxseal/bring-up';

/** Runs the demo; the key services live in this process, so it must not wait for the child synchronously. */
async function demo(environment: NodeJS.ProcessEnv): Promise<{ exitCode: unknown; stdout: string }> {
  const child = spawn(process.execPath, [join(__dirname, '../dist/demo.js')], {
    env: { ...process.env, ...environment },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [stdout, closed] = await Promise.all([text(child.stdout), once(child, 'close')]);
  return { exitCode: closed[0], stdout };
}

describe.each(Object.keys(KEY_SERVICES))('npm run demo with a key of %s', (name) => {
  let service: KeyService;

  beforeAll(async () => {
    const start = KEY_SERVICES[name];
    if (start === undefined) throw new Error(`There is no ${name}.`);
    service = await start();
  }, 120_000);
  afterAll(() => service.stop());

  it('needs one variable, and keeps everything confidential', async () => {
    const { exitCode, stdout } = await demo({
      ...service.environment,
      TEMPORAL_ADDRESS: process.env['WAXSEAL_TEST_TEMPORAL_ADDRESS'],
      TEMPORAL_NAMESPACE: process.env['WAXSEAL_TEST_TEMPORAL_NAMESPACE'],
      WAXSEAL_PRIMARY_KEY: service.keyUri,
    });
    expect(stdout).toMatch(/order-1001-\w+: Order paid/);
    expect(stdout.match(/binary\/envelope, \d+ bytes/g)).toHaveLength(14);
    expect(stdout).toMatch(/^ +4 workflow histories, \d+ KiB +0 hits /m);
    expect(stdout).toContain('Nothing confidential reached Temporal in clear.');
    for (const secret of service.secrets) expect(stdout).not.toContain(secret);
    expect(stdout.split('\n').filter((line) => line.length > 160)).toEqual([]);
    expect(exitCode).toBe(0);
  }, 120_000);
});

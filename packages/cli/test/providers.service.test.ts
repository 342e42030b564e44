import type { ChildProcess } from 'node:child_process';

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { KEY_SERVICES, type KeyService } from '@waxseal/bring-up';

import { ended, startWaxseal, waitForLine, waxseal } from './support/waxseal';

const body = JSON.stringify({
  payloads: [{ metadata: { encoding: 'anNvbi9wbGFpbg==' }, data: 'MQ==' }],
});

describe.each(Object.keys(KEY_SERVICES))('with a key of %s, by its URI,', (name) => {
  let service: KeyService;
  let writer: ChildProcess;
  let url: string;
  let encoded: string;
  const environment = (): NodeJS.ProcessEnv => ({
    ...service.environment,
    WAXSEAL_PRIMARY_KEY: service.keyUri,
  });

  beforeAll(async () => {
    const start = KEY_SERVICES[name];
    if (start === undefined) throw new Error(`There is no ${name}.`);
    service = await start();
    writer = startWaxseal(['serve', '--port', '0', '--allow-encode'], environment());
    [, url = ''] = await waitForLine(writer, /Codec Server at (\S+)\n/);
    encoded = await (await fetch(`${url}/orders/encode`, { method: 'POST', body })).text();
  }, 120_000);
  afterAll(async () => {
    try {
      writer.kill();
    } finally {
      await service.stop();
    }
  });

  it('waxseal serve encodes and decodes', async () => {
    const end = ended(writer);
    expect(encoded).toContain(Buffer.from('binary/envelope').toString('base64'));
    const decoded = await fetch(`${url}/orders/decode`, { method: 'POST', body: encoded });
    expect(await decoded.text()).toBe(body);
    writer.kill('SIGTERM');
    expect((await end).exitCode).toBe(0);
  });

  it('waxseal doctor finds nothing wrong, and shows no secret', async () => {
    const { exitCode, stdout, stderr } = await waxseal(['doctor'], '', environment());
    expect(stdout).toMatch(/ok +wrapped in \d+ ms/);
    expect(stdout).toContain('1 key: 0 failures, ');
    for (const secret of service.secrets) expect(stdout + stderr).not.toContain(secret);
    expect(exitCode).toBe(0);
  });

  it('waxseal serve is ready and decodes with the right to unwrap alone, and warns of nothing', async () => {
    const narrow = { ...service.environment, ...(await service.leaveOnlyUnwrap()) };
    const child = startWaxseal(['serve', '--port', '0', '--decrypt-key', service.keyUri], narrow);
    const end = ended(child);
    try {
      const [, narrowUrl = ''] = await waitForLine(child, /Codec Server at (\S+)\n/);
      expect((await fetch(`${narrowUrl}/readyz`)).status).toBe(200);
      const decoded = await fetch(`${narrowUrl}/orders/decode`, { method: 'POST', body: encoded });
      expect(await decoded.text()).toBe(body);
    } finally {
      child.kill('SIGTERM');
    }
    expect((await end).stderr).not.toContain('Key "');
  });
});

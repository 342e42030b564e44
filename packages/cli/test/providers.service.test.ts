import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { KEY_SERVICES, type KeyService } from '@waxseal/bring-up';

import { ended, startWaxseal, waitForLine, waxseal } from './support/waxseal';

const PAYLOAD = { metadata: { encoding: 'anNvbi9wbGFpbg==' }, data: 'MQ==' };

describe.each(Object.keys(KEY_SERVICES))('with a key of %s, by its URI,', (name) => {
  let service: KeyService;
  const environment = (): NodeJS.ProcessEnv => ({
    ...service.environment,
    WAXSEAL_PRIMARY_KEY: service.keyUri,
  });

  beforeAll(async () => {
    const start = KEY_SERVICES[name];
    if (start === undefined) throw new Error(`There is no ${name}.`);
    service = await start();
  }, 120_000);
  afterAll(() => service.stop());

  it('waxseal serve encodes and decodes', async () => {
    const child = startWaxseal(['serve', '--port', '0', '--allow-encode'], environment());
    const end = ended(child);
    try {
      const [, url = ''] = await waitForLine(child, /Codec Server at (\S+)\n/);
      const body = JSON.stringify({ payloads: [PAYLOAD] });
      const encoded = await (await fetch(`${url}/orders/encode`, { method: 'POST', body })).text();
      expect(encoded).toContain(Buffer.from('binary/envelope').toString('base64'));
      const decoded = await fetch(`${url}/orders/decode`, { method: 'POST', body: encoded });
      expect(await decoded.text()).toBe(body);
    } finally {
      child.kill('SIGTERM');
    }
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
    const writer = startWaxseal(['serve', '--port', '0', '--allow-encode'], environment());
    const [, from = ''] = await waitForLine(writer, /Codec Server at (\S+)\n/);
    const body = JSON.stringify({ payloads: [PAYLOAD] });
    const encoded = await (await fetch(`${from}/orders/encode`, { method: 'POST', body })).text();
    writer.kill('SIGTERM');
    await ended(writer);
    const narrow = { ...service.environment, ...(await service.leaveOnlyUnwrap()) };
    const child = startWaxseal(['serve', '--port', '0', '--decrypt-key', service.keyUri], narrow);
    const end = ended(child);
    try {
      const [, url = ''] = await waitForLine(child, /Codec Server at (\S+)\n/);
      expect((await fetch(`${url}/readyz`)).status).toBe(200);
      const decoded = await fetch(`${url}/orders/decode`, { method: 'POST', body: encoded });
      expect(await decoded.text()).toBe(body);
    } finally {
      child.kill('SIGTERM');
    }
    expect((await end).stderr).not.toContain('Key "');
  });
});

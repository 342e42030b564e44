import { writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';

import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { localKeyUri } from '@waxseal/config';
import { createLocalKeyringFile } from '@waxseal/local-key';
import { temporaryDirectory } from '@waxseal/test-support/temporary-directory';

import { aFailure } from './support/a-failure';
import { ended, startWaxseal, waitForLine, waxseal } from './support/waxseal';

const SECRET = '4111111111111234';
const TOKEN = 'a-token-of-32-characters-or-more-0123456789';

const directory = temporaryDirectory();
let key: string;
const running: ReturnType<typeof startWaxseal>[] = [];

beforeAll(() => {
  createLocalKeyringFile(join(directory, 'keys.json'), { id: 'orders' });
  key = localKeyUri(join(directory, 'keys.json'), 'orders');
});

afterEach(async () => {
  await Promise.all(
    running.splice(0).map(async (child) => {
      const end = ended(child);
      child.kill('SIGTERM');
      await end;
    }),
  );
});

/** Runs `waxseal serve` with a configuration, and gives its URL. */
async function serve(server: object, env: Record<string, string> = {}): Promise<string> {
  const config = join(directory, 'waxseal.config.json');
  writeFileSync(
    config,
    JSON.stringify({ primaryKey: key, server: { port: 0, allowEncode: true, ...server } }),
  );
  const child = startWaxseal(['serve', '--config', config], env);
  running.push(child);
  const [, url = ''] = await waitForLine(child, /Codec Server at (\S+)\n/);
  return url;
}

function post(url: string, body: unknown, headers: Record<string, string> = {}): Promise<Response> {
  return fetch(url, { method: 'POST', body: JSON.stringify(body), headers });
}

const order = {
  metadata: { encoding: Buffer.from('json/plain').toString('base64') },
  data: Buffer.from(JSON.stringify({ card: SECRET, city: 'Ripley' })).toString('base64'),
};

describe('waxseal serve', () => {
  it('says whether keys can be used, and gives metrics of requests and data keys when it is told to', async () => {
    const url = await serve({ metrics: true });
    expect((await fetch(`${url}/readyz`)).status).toBe(200);
    const encoded: unknown = await (await post(`${url}/orders/encode`, { payloads: [order] })).json();
    expect((await post(`${url}/orders/decode`, encoded)).status).toBe(200);
    expect((await post(`${url}/billing/decode`, encoded)).status).toBe(422);
    const text = await (await fetch(`${url}/metrics`)).text();
    const labels = 'waxseal_endpoint="decode",waxseal_status="422",waxseal_code="WAXSEAL_CONTEXT_MISMATCH"';
    expect(text).toMatch(new RegExp(`^waxseal_codec_server_requests_total\\{${labels}[^}]*\\} 1$`, 'm'));
    expect(text).toMatch(/^waxseal_data_key_age\{/m);
    expect(text).not.toContain(SECRET);
  });

  it('gives no metrics unless it is told to', async () => {
    const url = await serve({});
    expect((await fetch(`${url}/metrics`)).status).toBe(404);
  });

  it('shows what the policies of the configuration leave', async () => {
    const url = await serve({
      auth: [
        {
          type: 'bearer',
          tokens: [
            {
              principal: 'support',
              token: TOKEN,
              may: [{ namespaces: ['orders'], operations: ['decode'], policy: 'support' }],
            },
          ],
        },
      ],
      policies: { support: { mask: [{ path: '$.card', show: { last: 4 } }] } },
    });
    const answer = await post(
      `${url}/orders/decode`,
      { payloads: [order] },
      { Authorization: `Bearer ${TOKEN}` },
    );
    const { payloads } = (await answer.json()) as { payloads: { data: string }[] };
    expect(Buffer.from(payloads[0]?.data ?? '', 'base64').toString()).toBe(
      '{"card":"****1234","city":"Ripley"}',
    );
  });

  describe('with an audit log at an OpenTelemetry collector', () => {
    let collector: Server;
    let taken: string[];
    let status: number;

    beforeAll(async () => {
      collector = createServer((request, response) => {
        let body = '';
        request.setEncoding('utf8').on('data', (chunk: string) => (body += chunk));
        request.on('end', () => {
          taken.push(`${request.url ?? ''} ${body}`);
          response.writeHead(status, { 'Content-Type': 'application/json' }).end('{}');
        });
      });
      await new Promise<void>((resolve) => collector.listen(0, '127.0.0.1', resolve));
    });

    afterAll(async () => {
      collector.closeAllConnections();
      await new Promise((resolve) => collector.close(resolve));
    });

    const environment = () => ({
      OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${String((collector.address() as AddressInfo).port)}`,
    });

    it('sends each record there before it answers', async () => {
      [taken, status] = [[], 200];
      const url = await serve({ audit: 'otlp' }, environment());
      expect((await post(`${url}/orders/decode`, { payloads: [order] })).status).toBe(200);
      expect(taken).toHaveLength(1);
      expect(taken[0]).toMatch(/^\/v1\/logs /);
      const { resourceLogs } = JSON.parse(taken[0]?.replace(/^\S+ /, '') ?? '') as {
        resourceLogs: { scopeLogs: { logRecords: { body: { stringValue: string } }[] }[] }[];
      };
      const record = resourceLogs[0]?.scopeLogs[0]?.logRecords[0]?.body.stringValue ?? '';
      expect(JSON.parse(record)).toMatchObject({
        namespace: 'orders',
        operation: 'decode',
        outcome: 'allowed',
      });
      expect(taken[0]).not.toContain(SECRET);
    });

    it('answers nothing that the collector does not take', async () => {
      [taken, status] = [[], 400];
      const url = await serve({ audit: 'otlp' }, environment());
      const answer = await post(`${url}/orders/decode`, { payloads: [order] });
      expect(answer.status).toBe(503);
      expect(await answer.text()).toContain('AUDIT_UNAVAILABLE');
    });
  });
});

describe('the log in JSON', () => {
  it('has an object for each event, on standard error, and nothing of a payload', async () => {
    const config = join(directory, 'log.json');
    writeFileSync(config, JSON.stringify({ primaryKey: key, server: { port: 0, log: 'json' } }));
    const child = startWaxseal(['serve', '--config', config]);
    let stderr = '';
    const url = await new Promise<string>((resolve) => {
      child.stderr?.on('data', (chunk: Buffer) => {
        stderr += chunk.toString();
        const match = /"url":"([^"]+)"/.exec(stderr);
        if (match?.[1] !== undefined) resolve(match[1]);
      });
    });
    const broken = { ...order, metadata: { encoding: Buffer.from('binary/envelope').toString('base64') } };
    const answer = await post(`${url}/orders/decode`, { payloads: [broken] }, { 'X-Request-Id': 'r-1' });
    expect(answer.status).toBe(400);
    const end = ended(child);
    child.kill('SIGTERM');
    const { exitCode, stdout } = await end;
    expect([exitCode, stdout]).toEqual([0, '']);
    const events = stderr
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(events).toEqual([
      expect.objectContaining({
        level: 'info',
        event: 'configured',
        message: expect.stringMatching(/^Configuration: .*log\.json$/) as unknown,
      }),
      expect.objectContaining({ level: 'info', event: 'listening', url, keyIds: ['orders'] }),
      expect.objectContaining({ level: 'warn', event: 'warning' }),
      expect.objectContaining({
        level: 'warn',
        event: 'request-failed',
        requestId: 'r-1',
        status: 400,
        code: 'WAXSEAL_MALFORMED_ENVELOPE',
      }),
      expect.objectContaining({ level: 'info', event: 'stopping' }),
    ]);
    for (const { time } of events) expect(time).toMatch(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/);
    expect(stderr).not.toContain(SECRET);
  });

  it('is refused in another format', async () => {
    const { exitCode, stderr } = await waxseal([
      'serve',
      '--primary-key',
      key,
      '--port',
      '0',
      '--log',
      'xml',
    ]);
    expect(exitCode).toBe(2);
    expect(stderr).toMatch(aFailure('WAXSEAL_USAGE', '[^\\n]+ Allowed choices are text, json\\.'));
  });
});

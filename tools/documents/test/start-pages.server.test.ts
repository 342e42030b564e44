import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { temporaryDirectory } from '@waxseal/test-support/temporary-directory';
import { STAND_INS } from './support/stand-ins';
import { codeBlocks } from './support/code-blocks';
import { runPage, type RunPage } from './support/run-page';

const CARD = 'paid with card 4242 4242 4242 4242';

const files = (page: string) =>
  codeBlocks(`docs/start/${page}.md`).filter(({ language }) => language === 'ts');

it('the pages have the same worker and client', () => {
  const [first = [], ...others] = Object.keys(STAND_INS).map((name) => files(name).map(({ text }) => text));
  expect(first).toHaveLength(3);
  for (const other of others) expect(other).toEqual(first);
});

describe.each(Object.keys(STAND_INS))('docs/start/%s.md', (name) => {
  let page: RunPage;
  beforeAll(async () => {
    page = await runPage(name, temporaryDirectory());
  }, 300_000);
  afterAll(() => page.close());

  it('prints what it shows', () => {
    expect(page.notPrinted).toEqual([]);
  });

  it('runs every command that something stands in for, and no other', () => {
    expect(page.standIns.unused).toEqual([]);
  });

  it('leaves nothing to install or to fill in', () => {
    expect(page.printed).not.toContain('Install:');
    expect(readFileSync(join(page.folder, 'waxseal.config.json'), 'utf8')).not.toMatch(/[<>]/);
  });

  it('stores nothing in clear, and decodes for the pages of its Web UI', async () => {
    const show = 'temporal workflow show --workflow-id order-1 --output json';
    const json = await page.terminals.run(show);
    expect(json).not.toContain(Buffer.from(`"${CARD}"`).toString('base64'));
    const { events } = JSON.parse(json) as { events: readonly Record<string, unknown>[] };
    const { result } = events.at(-1)?.['workflowExecutionCompletedEventAttributes'] as { result: unknown };
    const { ui, codec, serve } = page.ports;
    for (const port of [codec, serve]) {
      const url = `http://127.0.0.1:${String(port)}/decode`;
      const origin = `http://localhost:${String(ui)}`;
      const asks = {
        origin,
        'access-control-request-method': 'POST',
        'access-control-request-headers': 'content-type,x-namespace',
      };
      const preflight = await fetch(url, { method: 'OPTIONS', headers: asks });
      expect([preflight.status, preflight.headers.get('access-control-allow-origin')]).toEqual([204, origin]);
      expect(preflight.headers.get('access-control-allow-headers')?.toLowerCase()).toContain('x-namespace');
      const headers = { origin, 'content-type': 'application/json', 'x-namespace': 'default' };
      const decoded = await fetch(url, { method: 'POST', headers, body: JSON.stringify(result) });
      expect(decoded.status).toBe(200);
      const { payloads } = (await decoded.json()) as { payloads: readonly { data: string }[] };
      expect(payloads.map(({ data }) => Buffer.from(data, 'base64').toString())).toEqual([`"${CARD}"`]);
      const stranger = await fetch(url, {
        method: 'POST',
        headers: { ...headers, origin: 'http://localhost:1' },
        body: '{}',
      });
      expect(stranger.status).toBe(403);
    }
  });
});

/**
 * How long a page of 500 events takes in the real Web UI: 498 signals with an encrypted payload each, in the compact view, which
 * sends one request for each. Time runs from the first request that the browser sends to the last answer that it has. Beside it,
 * in turn, the same page with answers that are known beforehand: that is the browser's own work, and the difference is what
 * decoding costs. Then the same requests without the browser's work, six at a time, as a browser sends them.
 *
 * Needs Chromium.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { Agent, request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';

import { Client, Connection } from '@temporalio/client';
import { chromiumArguments, findChromium, startTemporal } from '@waxseal/bring-up';
import { Keyring } from '@waxseal/core';
import { createLocalKeyringFile, LocalKey } from '@waxseal/local-key';
import { EnvelopePlugin } from '@waxseal/temporal';
import { chromium } from 'playwright-core';

const EVENTS = 500;
const SIGNALS = EVENTS - 2;
const ROUNDS = 3;
const CONNECTIONS = 6;
/** Milliseconds that decoding one page may take. */
const LIMIT_MS = 2_000;

const here = (path) => fileURLToPath(new URL(path, import.meta.url));
const median = (values) => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)];

/** A workflow of exactly 500 events: nobody works on its task queue. */
async function writeHistory(address, keyringFile) {
  const connection = await Connection.connect({ address });
  const keyring = new Keyring({ primary: LocalKey.fromFile(keyringFile) });
  const client = new Client({ connection, plugins: [new EnvelopePlugin({ keyring })] });
  const handle = await client.workflow.start('Order', {
    workflowId: 'page-of-500',
    taskQueue: 'nobody',
    args: [{ card: '4242424242424242' }],
  });
  for (let sent = 0; sent < SIGNALS; sent++) {
    await handle.signal('note', `Note ${sent} about the customer Ada Lovelace`);
  }
  await connection.close();
  return `workflows/${handle.workflowId}/${handle.firstExecutionRunId}/history?per-page=${EVENTS}`;
}

/** Starts a server that prints its address first. */
async function start(args, input = '') {
  const child = spawn(process.execPath, args, { stdio: ['pipe', 'pipe', 'inherit'] });
  child.stdin.end(input);
  const [line] = await once(createInterface({ input: child.stdout }), 'line');
  return { child, url: /https?:\/\/[\w.:]+/.exec(line)[0] };
}

/** Opens the page and its compact view; resolves when the input and all signals are answered. */
async function visit(browser, pageUrl, endpoint) {
  const context = await browser.newContext({ viewport: { width: 1400, height: 1000 } });
  await context.addInitScript(
    (values) => {
      for (const [key, value] of Object.entries(values)) {
        globalThis.localStorage.setItem(key, JSON.stringify(value));
      }
    },
    { endpoint, passAccessToken: false, includeCredentials: false, overrideRemoteCodecConfiguration: true },
  );
  const page = await context.newPage();
  const answers = [];
  const refused = [];
  const all = new Promise((resolve) => {
    page.on('requestfinished', (sent) => {
      if (sent.method() !== 'POST' || !sent.url().startsWith(endpoint)) return;
      const { startTime, responseEnd } = sent.timing();
      answers.push({ sent, from: startTime, to: startTime + responseEnd });
      if (answers.length === SIGNALS + 1) resolve();
    });
  });
  page.on('response', (response) => {
    if (response.url().startsWith(endpoint) && response.status() >= 400) refused.push(response.status());
  });
  const isInput = (response) => response.request().method() === 'POST' && response.url().startsWith(endpoint);
  const input = page.waitForResponse(isInput);
  await page.goto(pageUrl);
  await (await input).finished();
  await page.getByText('Workflow Execution Signaled').first().waitFor();
  const before = answers.length;
  await page.getByText('Compact', { exact: true }).first().click();
  await all;
  if (refused.length > 0) throw new Error(`The Codec Server refused: ${refused.join(', ')}`);
  const compact = answers.slice(before);
  const wallMs = Math.max(...compact.map(({ to }) => to)) - Math.min(...compact.map(({ from }) => from));
  return { context, wallMs, requests: answers.map(({ sent }) => sent) };
}

/** Sends the bodies, six at a time. @returns how long it took, and the answers */
async function send(url, bodies) {
  const agent = new Agent({ keepAlive: true, maxSockets: CONNECTIONS });
  const headers = { 'Content-Type': 'application/json', 'X-Namespace': 'default' };
  const startedAt = performance.now();
  const answers = await Promise.all(
    bodies.map(
      (body) =>
        new Promise((resolve, reject) => {
          const path = `${url}/decode?preserveStorageRefs=true`;
          const sent = request(path, { method: 'POST', agent, headers }, (response) => {
            if (response.statusCode === 200) resolve(text(response));
            else reject(new Error(`${url} answered ${response.statusCode}`));
          });
          sent.once('error', reject);
          sent.end(body);
        }),
    ),
  );
  const wallMs = performance.now() - startedAt;
  agent.destroy();
  return { wallMs, answers };
}

const { value: executablePath, tried } = await findChromium();
if (executablePath === undefined) {
  throw new Error(
    `No Chromium was found: ${tried.map(({ place, reason }) => `${place}: ${reason}`).join('; ')}`,
  );
}
const folder = mkdtempSync(join(tmpdir(), 'waxseal-bench-'));
const keyringFile = join(folder, 'keyring.json');
createLocalKeyringFile(keyringFile, { id: 'bench' });
const temporal = await startTemporal({ ui: true });
const children = [];
let browser;
try {
  const pageUrl = `${temporal.uiUrl}/namespaces/default/${await writeHistory(temporal.address, keyringFile)}`;
  const waxseal = await start([
    ...[here('../packages/cli/bin/waxseal.mjs'), 'serve', '--primary-key', `local://${keyringFile}#bench`],
    ...['--port', '0', '--allow-origin', temporal.uiUrl],
  ]);
  children.push(waxseal.child);
  browser = await chromium.launch({ executablePath, args: [...chromiumArguments] });

  const first = await visit(browser, pageUrl, waxseal.url);
  const bodies = first.requests.map((sent) => sent.postData());
  const known = await send(waxseal.url, bodies);
  const input = await Promise.all(
    first.requests.map((sent) => sent.response().then((answer) => answer.text())),
  );
  const beforehand = await start(
    [here('web-ui-page/serve.mjs')],
    JSON.stringify(Object.fromEntries(bodies.map((body, index) => [body, input[index]]))),
  );
  children.push(beforehand.child);
  await first.context.close();

  const figures = { waxseal: [], beforehand: [], alone: [known.wallMs] };
  for (let round = 0; round < ROUNDS; round++) {
    for (const [name, { url }] of Object.entries({ waxseal, beforehand })) {
      const { context, wallMs } = await visit(browser, pageUrl, url);
      figures[name].push(wallMs);
      await context.close();
    }
    figures.alone.push((await send(waxseal.url, bodies)).wallMs);
  }
  const rows = Object.fromEntries(
    Object.entries(figures).map(([name, values]) => [name, Math.round(median(values))]),
  );
  console.table([
    {
      events: EVENTS,
      requests: bodies.length,
      'Web UI, ms': rows.waxseal,
      'answers known, ms': rows.beforehand,
      'difference, ms': rows.waxseal - rows.beforehand,
      'requests alone, ms': rows.alone,
      'limit, ms': LIMIT_MS,
    },
  ]);
  if (Math.max(rows.waxseal - rows.beforehand, rows.alone) > LIMIT_MS) {
    console.error('Decoding a page of 500 events takes longer than the limit.');
    process.exitCode = 1;
  }
} finally {
  await browser?.close();
  for (const child of children) child.kill();
  await temporal.stop();
  rmSync(folder, { recursive: true });
}

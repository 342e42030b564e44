import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { localKeyUri } from '@waxseal/config';
import { createLocalKeyringFile } from '@waxseal/local-key';

import { aFailure } from './support/a-failure';
import { ended, startWaxseal, waitForLine, waxseal } from './support/waxseal';

/** Makes a process find no package of OpenTelemetry, nor ours for it, nor Temporal's reader of settings. */
const HIDE = `
const Module = require('node:module');
const resolve = Module._resolveFilename;
Module._resolveFilename = function (request, ...others) {
  if (!/opentelemetry|envconfig/.test(request)) return resolve.call(this, request, ...others);
  throw Object.assign(new Error("Cannot find module '" + request + "'"), { code: 'MODULE_NOT_FOUND' });
};`;

let directory: string;
let env: Record<string, string>;
let options: string[];

beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'waxseal-optional-'));
  writeFileSync(join(directory, 'hide.cjs'), HIDE);
  const keys = join(directory, 'keys.json');
  createLocalKeyringFile(keys, { id: 'orders' });
  env = { NODE_OPTIONS: `--require ${join(directory, 'hide.cjs')}` };
  options = ['--primary-key', localKeyUri(keys, 'orders'), '--port', '0'];
});

afterAll(() => {
  rmSync(directory, { recursive: true, force: true });
});

it('serves without the packages of OpenTelemetry', async () => {
  const child = startWaxseal(['serve', ...options], env);
  const [, url = ''] = await waitForLine(child, /Codec Server at (\S+)\n/);
  expect((await fetch(`${url}/healthz`)).status).toBe(200);
  expect((await fetch(`${url}/metrics`)).status).toBe(404);
  const end = ended(child);
  child.kill('SIGTERM');
  await end;
});

it.each([
  [
    ['--metrics'],
    '/metrics needs packages that are not installed: npm install @waxseal/opentelemetry @opentelemetry/api @opentelemetry/sdk-metrics @opentelemetry/exporter-prometheus',
  ],
  [
    ['--audit', 'otlp'],
    'The audit log at an OpenTelemetry collector needs packages that are not installed: npm install @waxseal/opentelemetry @opentelemetry/api @opentelemetry/core @opentelemetry/sdk-logs @opentelemetry/exporter-logs-otlp-http',
  ],
])('says what %j needs', async (more, message) => {
  const { exitCode, stderr } = await waxseal(['serve', ...options, ...more], '', env);
  expect([exitCode, stderr.split('\n')[0]]).toEqual([1, `waxseal: ${message}`]);
  expect(stderr).toMatch(aFailure('WAXSEAL_CONFIGURATION'));
});

it('says what doctor --temporal needs, and checks all else without it', async () => {
  const [flag = '', key = ''] = options;
  const alone = await waxseal(['doctor', flag, key], '', env);
  expect([alone.exitCode, alone.stderr]).toEqual([0, '']);
  const { exitCode, stderr } = await waxseal(['doctor', '--temporal', flag, key], '', env);
  const message = '--temporal needs packages that are not installed: npm install @temporalio/envconfig';
  expect([exitCode, stderr.split('\n')[0]]).toEqual([1, `waxseal: ${message}`]);
  expect(stderr).toMatch(aFailure('WAXSEAL_CONFIGURATION'));
});

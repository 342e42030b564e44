import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { createTestAuthority, repositoryRoot, runCommand } from '@waxseal/bring-up';
import { createLocalKeyringFile } from '@waxseal/local-key';
import { temporaryDirectory } from '@waxseal/test-support/temporary-directory';

import { findTool } from '../src/find-tool';
import type { Tool } from '../src/tool';
import { TOOLS } from '../src/tools';
import { EVERYTHING } from './support/everything';
import { only, type Manifest } from './support/manifest';
import { buildOverlay, renderChart, valuesOf, writeValues } from './support/render';

const WAXSEAL = join(repositoryRoot, 'packages/cli/bin/waxseal.mjs');
const HOST = 'waxseal-codec-server.codec.svc';

const folder = temporaryDirectory();
const keyFile = join(folder, 'keyring.json');
const started: ChildProcess[] = [];
let helm: Tool;
let kubectl: Tool;

beforeAll(async () => {
  helm = await findTool(TOOLS.helm);
  kubectl = await findTool(TOOLS.kubectl);
  createLocalKeyringFile(keyFile, { id: 'orders' });
  const authority = await createTestAuthority('deployment');
  const { certPem, keyPem } = await authority.issue({
    commonName: 'codec',
    dnsNames: [HOST],
    usage: 'server',
  });
  writeFileSync(join(folder, 'tls.crt'), certPem);
  writeFileSync(join(folder, 'tls.key'), keyPem);
  writeFileSync(join(folder, 'ca.crt'), authority.certPem);
}, 300_000);

afterAll(() => {
  for (const child of started) child.kill('SIGKILL');
});

/** What a container sees under `/etc/waxseal`, on this machine. */
const here = (text: string): string => text.replaceAll(/\/etc\/waxseal\/(tls|client-ca|ca)(?=\/)/g, folder);

/** Starts the container of a Deployment, with a local key and on a free port; resolves to the port. */
async function start(manifests: readonly Manifest[], name: string): Promise<[ChildProcess, string]> {
  const text = here(only(manifests, 'ConfigMap').data?.['waxseal.config.json'] ?? '');
  const config = { ...(JSON.parse(text) as object), decryptKeys: [`local://${keyFile}#orders`] };
  const [container] = only(manifests, 'Deployment').spec?.template?.spec.containers ?? [];
  const args = [
    WAXSEAL,
    ...(container?.args ?? []),
    '--host',
    '127.0.0.1',
    '--port',
    '0',
    '--drain-delay',
    '0s',
  ];
  const child = spawn(process.execPath, args, {
    env: { WAXSEAL_CONFIG: writeValues(folder, name, config) },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  started.push(child);
  let output = '';
  const port = await new Promise<string>((resolve, reject) => {
    child.once('close', () => {
      reject(new Error(`It ended: ${output}`));
    });
    child.stderr.on('data', (chunk: Buffer) => {
      output += chunk.toString();
      const [, found] = /"event":"listening".*"url":"https:\/\/127\.0\.0\.1:(\d+)"/.exec(output) ?? [];
      if (found !== undefined) resolve(found);
    });
  });
  return [child, port];
}

/** Runs the pod of `helm test` against a port of this machine. */
function runTestPod(manifests: readonly Manifest[], port: string): Promise<string> {
  const [container] = only(manifests, 'Pod').spec?.containers ?? [];
  const args = (container?.args ?? []).map((argument) =>
    here(argument).replace(`${HOST}:443`, `127.0.0.1:${port}`),
  );
  return runCommand(process.execPath, [WAXSEAL, ...args]);
}

it.each([
  ['the chart', 'chart', () => renderChart(helm, valuesOf('aws'))],
  ['the overlay', 'overlay', () => buildOverlay(kubectl, 'aws')],
  [
    'the chart with everything',
    'everything',
    () => renderChart(helm, valuesOf('aws'), writeValues(folder, 'values', EVERYTHING)),
  ],
])(
  'waxseal serve takes the configuration of %s, is ready, and ends',
  async (_name, name, manifestsOf) => {
    const manifests = await manifestsOf();
    const [child, port] = await start(manifests, name);
    const chart = name === 'overlay' ? await renderChart(helm, valuesOf('aws')) : manifests;
    await expect(runTestPod(chart, port)).resolves.toMatch(/\/readyz answers 200\.\n$/);
    if (name === 'everything') {
      const url = `https://127.0.0.1:${port}/codec/metrics`;
      await runCommand(process.execPath, [
        WAXSEAL,
        'health',
        '--url',
        url,
        '--ca',
        join(folder, 'ca.crt'),
        '--server-name',
        HOST,
      ]);
    }
    const ended = once(child, 'close');
    child.kill('SIGTERM');
    expect(await ended).toEqual([0, null]);
  },
  60_000,
);

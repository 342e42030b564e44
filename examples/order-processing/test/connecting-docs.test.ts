import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { loadClientConfigProfile, loadClientConnectConfig } from '@temporalio/envconfig';
import { repositoryRoot } from '@waxseal/bring-up';
import { temporaryDirectory } from '@waxseal/test-support/temporary-directory';

const FOLDER = '/etc/temporal/';
const directory = temporaryDirectory();
let text: string;

beforeAll(async () => {
  for (const name of ['ca.pem', 'worker.pem', 'worker.key']) await writeFile(join(directory, name), name);
  text = await readFile(join(repositoryRoot, 'docs', 'connecting.md'), 'utf8');
});

/** The page's snippets in one language, with the files of this test. */
function snippets(language: string): string[] {
  const blocks = text.matchAll(new RegExp('```' + language + '\\n([^]*?)```', 'g'));
  return [...blocks].map(([, block = '']) => block.replaceAll(FOLDER, `${directory}/`));
}

type Config = ReturnType<typeof loadClientConnectConfig>;

/** How a configuration connects: the address, and what of TLS it has. */
function summary({ connectionOptions: { address, apiKey, tls }, namespace }: Config): readonly unknown[] {
  const parts =
    typeof tls === 'object' && tls !== null
      ? [
          tls.serverRootCACertificate === undefined ? '' : String(Buffer.from(tls.serverRootCACertificate)),
          tls.clientCertPair === undefined
            ? ''
            : `${String(Buffer.from(tls.clientCertPair.crt))} ${String(Buffer.from(tls.clientCertPair.key))}`,
          tls.serverNameOverride ?? '',
        ]
      : [tls];
  return [address, namespace, ...parts, ...(apiKey === undefined ? [] : ['API key'])];
}

const MTLS = ['ca.pem', 'worker.pem worker.key', ''];

describe('docs/connecting.md', () => {
  it.each([
    ['default', ['localhost:7233', 'default', undefined]],
    ['staging', ['temporal.staging.example:7233', 'orders', 'ca.pem', '', 'temporal.staging.example']],
    ['production', ['temporal.example:7233', 'orders', ...MTLS]],
    ['cloud', ['eu-west-1.aws.api.temporal.io:7233', 'orders.a1b2c', true, 'API key']],
    ['cloud-mtls', ['orders.a1b2c.tmprl.cloud:7233', 'orders.a1b2c', '', 'worker.pem worker.key', '']],
  ])('has a profile %s that gives what it says', (profile, expected) => {
    const [toml = ''] = snippets('toml');
    const options = { profile, configSource: { data: toml }, overrideEnvVars: {} };
    expect(() => loadClientConfigProfile({ ...options, configFileStrict: true })).not.toThrow();
    expect(summary(loadClientConnectConfig(options))).toEqual(expected);
  });

  it('has variables that give what they say', () => {
    const configurations = snippets('sh').map((block) => {
      const variables = [...block.matchAll(/\b(TEMPORAL_\w+)=("[^"]*"|\S+)/g)];
      return Object.fromEntries(variables.map(([, name = '', value = '']) => [name, value]));
    });
    const ofCommand = configurations.pop();
    expect(
      configurations.map((overrideEnvVars) => summary(loadClientConnectConfig({ overrideEnvVars }))),
    ).toEqual([
      ['temporal.example:7233', 'orders', '', '', ''],
      ['temporal.example:7233', 'orders', 'ca.pem', '', ''],
      ['temporal.example:7233', 'orders', ...MTLS],
      ['eu-west-1.aws.api.temporal.io:7233', 'orders.a1b2c', true, 'API key'],
    ]);
    expect(ofCommand).toEqual({
      TEMPORAL_CONFIG_FILE: `${directory}/temporal.toml`,
      TEMPORAL_PROFILE: 'production',
    });
  });
});

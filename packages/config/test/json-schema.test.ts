import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { describe, expect, it } from '@jest/globals';
import Ajv from 'ajv';
import { checkConfig, jsonSchemaOfConfig } from '../src/waxseal-config';

interface Schema {
  readonly properties?: Readonly<Record<string, Schema & { readonly description?: string }>>;
}

const read = (...path: readonly string[]): unknown =>
  JSON.parse(readFileSync(join(__dirname, ...path), 'utf8'));
const schema = read('../waxseal.config.schema.json') as Schema & object;
const validate = new Ajv({ strict: false, allowUnionTypes: true }).compile(schema);
const ROOT = '../../..';

const FULL = {
  $schema: './node_modules/@waxseal/config/waxseal.config.schema.json',
  primaryKey: 'local:///etc/waxseal/keyring.json#orders',
  wrapPolicy: 'all',
  compression: { format: 'zlib', threshold: 1_024, padding: 'padme' },
  requests: { totalTimeout: '5s', maxConcurrent: 8 },
  envelope: { binding: 'workflow', dataKeys: { maxAge: '1h' }, namespaceAliases: { eu: ['orders'] } },
  server: {
    port: 0,
    deadline: 5_000,
    auth: [
      { type: 'jwt', issuer: 'https://login.example.com/', audience: ['ui'], from: { cookie: 'id' } },
      { type: 'bearer', tokens: [{ principal: 'ci', tokenSha256: 'a'.repeat(64) }] },
      { type: 'client-certificate', subject: 'uri' },
    ],
    authorize: [{ principals: ['*'], namespaces: ['*'], operations: ['decode'], issuers: ['bearer'] }],
    policies: {
      support: {
        mask: [
          { path: '$.card', show: { last: 4 } },
          { path: '$.cvc', remove: true },
        ],
      },
    },
    tls: { certFile: 'a.pem', keyFile: 'b.pem', minVersion: 'TLSv1.3' },
    rateLimit: { requestsPerSecond: 0.5, burst: 10 },
    audit: 'stdout',
    metrics: true,
  },
};

describe('the JSON Schema of waxseal.config.json', () => {
  it.each([
    ['a configuration with a bit of everything', FULL],
    ['an empty one', {}],
    ['that of the Lambda example', read(ROOT, 'examples/codec-server-lambda/waxseal.config.json')],
    ...['aws', 'azure', 'gcp', 'vault'].map((name): [string, unknown] => [
      `that of the overlay for ${name}`,
      read(ROOT, 'deploy/kustomize/overlays', name, 'waxseal.config.json'),
    ]),
  ])('accepts %s, as loadConfig does', (_name, config) => {
    expect(validate(config)).toBe(true);
    expect(checkConfig(config, 'waxseal.config.json')).toBe(config);
  });

  it.each([
    [{ primarykey: 'local:///x' }],
    [{ primaryKey: 7 }],
    [{ wrapPolicy: 'some' }],
    [{ compression: 'gzip' }],
    [{ compression: { level: 1 } }],
    [{ server: { port: 70_000 } }],
    [{ server: { auth: [{ type: 'basic' }] } }],
    [{ server: { auth: [{ type: 'jwt', issuer: 'https://a.example' }] } }],
    [{ server: { policies: { support: { mask: [{ path: '$', show: { last: 65 } }] } } } }],
    [{ server: { rateLimit: { requestsPerSecond: 0, burst: 1 } } }],
    [{ server: { bodyLimitBytes: 1 } }],
  ])('refuses %j, as loadConfig does', (config) => {
    expect(validate(config)).toBe(false);
    expect(() => checkConfig(config, 'waxseal.config.json')).toThrow(/^waxseal\.config\.json: /);
  });

  it.each([
    [{ envelope: { bindings: 'workflow' } }],
    [{ requests: { totalTimeouts: '5s' } }],
    [{ compression: { format: 'zlib', levels: 1 } }],
  ])('refuses %j, which core or compression refuses', (config) => {
    expect(validate(config)).toBe(false);
  });

  it('has no field that only code can have, and a description of each other one', () => {
    const names = (of: Schema | undefined): readonly string[] => Object.keys(of?.properties ?? {});
    const inCode = ['keyring', 'codecs', 'namespaces', 'externalStorage', 'telemetry', 'onContextMismatch'];
    const { server, envelope } = schema.properties ?? {};
    for (const part of [schema, server, envelope]) {
      expect(names(part).filter((name) => inCode.includes(name))).toEqual([]);
      const silent = Object.entries(part?.properties ?? {}).filter(([, { description }]) => !description);
      expect(silent).toEqual([]);
    }
    expect(names(jsonSchemaOfConfig() as Schema)).toEqual(names(schema));
  });
});

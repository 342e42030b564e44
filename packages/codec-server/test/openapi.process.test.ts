import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';

import { beforeAll, describe, expect, it } from '@jest/globals';
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020';
import { temporaryDirectory } from '@waxseal/test-support/temporary-directory';
import { createCodecServer, type CodecServer, type CodecServerOptions } from '../src';
import { MaskCodec } from './support/mask-codec';
import { base64 } from './support/post';

interface Document {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Described>>>>;
  readonly servers: readonly { readonly url: string }[];
  readonly security: readonly unknown[];
}

interface Described {
  readonly responses: Readonly<Record<string, { readonly content: Readonly<Record<string, object>> }>>;
}

const TOKEN = 'a-token-of-32-characters-or-more-0123456789';
const everything: CodecServerOptions = {
  codec: new MaskCodec(),
  allowEncode: true,
  metrics: () => Promise.resolve('a 1\n'),
  externalStorage: { storage: { getDriver: () => null }, allows: () => true },
};

const run = promisify(execFile);

let server: CodecServer;
let document: Document;
let ajv: Ajv2020;

async function documentOf(given: CodecServer, path = '/openapi.json'): Promise<Document> {
  const response = await given.fetch(new Request(`http://127.0.0.1:8081${path}`));
  expect(response.headers.get('Content-Type')).toMatch(/^application\/json/);
  return (await response.json()) as Document;
}

beforeAll(async () => {
  server = createCodecServer(everything);
  document = await documentOf(server);
  ajv = new Ajv2020({ strict: false, validateFormats: false });
  ajv.addSchema(document, 'document');
});

/** The schema of an answer, by path of the document, method and status. */
function schemaOf(path: string, method: string, status: number, type: string): ValidateFunction {
  const escape = (name: string) => name.replaceAll('~', '~0').replaceAll('/', '~1');
  const pointer = ['paths', path, method, 'responses', String(status), 'content', type, 'schema'];
  const validate = ajv.getSchema(`document#/${pointer.map(escape).map(encodeURIComponent).join('/')}`);
  if (validate === undefined)
    throw new Error(`${method} ${path} does not describe ${String(status)} ${type}`);
  return validate;
}

it('is a valid document of OpenAPI 3.1', async () => {
  const folder = temporaryDirectory();
  const file = join(folder, 'openapi.json');
  await writeFile(file, JSON.stringify(document));
  // The validator is an ES module, which Jest cannot load.
  const validator = dirname(require.resolve('@seriousme/openapi-schema-validator/package.json'));
  const { stdout } = await run(process.execPath, [join(validator, 'bin/validate-api-cli.js'), file]);
  expect(stdout).toMatch(/"valid": true/);
});

it('describes what is served, and nothing else', async () => {
  const posts = ['decode', 'encode', 'download', 'inspect'].flatMap((name) => [
    `/${name}`,
    `/{namespace}/${name}`,
  ]);
  const gets = ['/', '/healthz', '/metrics', '/openapi.json', '/readyz'];
  expect(Object.keys(document.paths).sort()).toEqual([...posts, ...gets].sort());
  expect(document.security).toEqual([]);
  const small = await documentOf(createCodecServer({ codec: new MaskCodec() }));
  expect(Object.keys(small.paths).filter((path) => /encode|download|metrics/.test(path))).toEqual([]);
});

it('names the base path and the authentication', async () => {
  const guarded = createCodecServer({
    codec: new MaskCodec(),
    basePath: '/codec/api',
    auth: [
      {
        type: 'bearer',
        tokens: [
          { principal: 'ci', token: TOKEN, may: [{ namespaces: ['secret-name'], operations: ['decode'] }] },
        ],
      },
    ],
  });
  const given = await documentOf(guarded, '/codec/api/openapi.json');
  expect(given.servers).toEqual([{ url: '/codec/api' }]);
  expect(given.security).toEqual([{ token: [] }]);
  expect(JSON.stringify(given)).not.toMatch(/secret-name|a-token/);
});

describe('answers are as the document says', () => {
  const payload = { metadata: { encoding: base64('json/plain') }, data: base64('"a"') };
  const reference = {
    metadata: {
      encoding: base64('json/protobuf'),
      messageType: base64('temporal.api.sdk.v1.ExternalStorageReference'),
    },
    data: base64('{"driverName":"none"}'),
    externalPayloads: [{ sizeBytes: '1' }],
  };
  const envelope = {
    metadata: { encoding: base64('binary/envelope'), 'encryption-key-id': base64('a') },
    data: base64('not one'),
  };

  it.each<[string, string, unknown, number]>([
    ['/{namespace}/decode', '/orders/decode', { payloads: [payload, reference] }, 404],
    [
      '/{namespace}/decode',
      '/orders/decode?preserveStorageRefs=true',
      { payloads: [payload, reference] },
      200,
    ],
    ['/decode', '/decode', {}, 200],
    ['/decode', '/decode', { payloads: null }, 200],
    ['/decode', '/decode', { payloads: [{ metadata: null, data: null, externalPayloads: null }] }, 200],
    ['/decode', '/decode', { payloads: 7 }, 400],
    ['/{namespace}/encode', '/orders/encode', { payloads: [payload] }, 200],
    ['/encode', '/encode', { payloads: [payload] }, 400],
    ['/{namespace}/inspect', '/orders/inspect', { payloads: [payload, envelope, {}] }, 200],
    ['/{namespace}/download', '/orders/download', { payloads: [payload] }, 400],
    ['/{namespace}/download', '/orders/download', { payloads: [reference] }, 404],
  ])('POST %s: %s %j', async (described, path, body, status) => {
    const response = await server.fetch(
      new Request(`http://127.0.0.1:8081${path}`, { method: 'POST', body: JSON.stringify(body) }),
    );
    expect(response.status).toBe(status);
    const validate = schemaOf(described, 'post', status, 'application/json');
    expect([validate(await response.json()), validate.errors]).toEqual([true, null]);
  });

  it.each(['/', '/healthz', '/readyz', '/metrics', '/openapi.json'])('GET %s', async (path) => {
    const response = await server.fetch(
      new Request(`http://127.0.0.1:8081${path}`, { headers: { Accept: 'text/html' } }),
    );
    const [type = ''] = (response.headers.get('Content-Type') ?? '').split(';');
    const { responses } = document.paths[path]?.['get'] ?? { responses: {} };
    expect(Object.keys(responses[String(response.status)]?.content ?? {})).toEqual([type]);
  });
});

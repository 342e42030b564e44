import { describe, expect, it } from '@jest/globals';
import { createCodecServer, type CodecServerOptions } from '../src';
import { MaskCodec } from './support/mask-codec';
import { post } from './support/post';

/** Status, error code and the namespace that the codec was told, for one request. */
async function route(path: string, namespace?: string, options: CodecServerOptions = {}) {
  const codec = new MaskCodec();
  const server = createCodecServer({ codec, ...options });
  const headers: Record<string, string> = namespace === undefined ? {} : { 'X-Namespace': namespace };
  const { response, json } = await post(server, path, '{}', headers);
  const context = codec.contexts.at(0);
  return { status: response.status, code: json.error?.code, namespace: context?.namespace, context };
}

describe('routing', () => {
  it.each([
    ['/decode', undefined, undefined],
    ['/decode', 'orders', 'orders'],
    ['/decode', '', undefined],
    ['/decode', ' ', undefined],
    ['//decode', '', undefined],
    ['//decode', 'orders', 'orders'],
    ['/orders/decode', undefined, 'orders'],
    ['/orders/decode', 'orders', 'orders'],
    ['/orders/decode', '', 'orders'],
    ['/orders//decode', undefined, 'orders'],
    ['/orders/decode/', undefined, 'orders'],
    ['/{namespace}/decode', 'orders', 'orders'],
    ['/%7Bnamespace%7D/decode', 'orders', 'orders'],
    ['/%7Bnamespace%7D/decode', undefined, undefined],
    ['/any/prefix/orders/decode', 'orders', 'orders'],
    ['/payments.acct1/decode', 'payments.acct1', 'payments.acct1'],
    ['/zahlungen%20s%C3%BCd/decode', undefined, 'zahlungen süd'],
    ['/decode?preserveStorageRefs=true', 'orders', 'orders'],
    ['/orders/decode?preserveStorageRefs=true&x=y', undefined, 'orders'],
  ])('POST %s with X-Namespace %j decodes for %j', async (path, header, namespace) => {
    await expect(route(path, header)).resolves.toMatchObject({ status: 200, namespace });
  });

  it('tells the codec the namespace as a workflow context without a workflow ID, and nothing where there is none', async () => {
    await expect(route('/orders/decode')).resolves.toMatchObject({
      context: { type: 'workflow', namespace: 'orders', workflowId: '' },
    });
    await expect(route('/decode')).resolves.toMatchObject({ context: undefined });
  });

  it('refuses a path and a header that name different namespaces', async () => {
    await expect(route('/orders/decode', 'payments')).resolves.toMatchObject({
      status: 400,
      code: 'NAMESPACE_CONFLICT',
      context: undefined,
    });
  });

  it.each([['a'.repeat(1001)], ['a%00b']])('refuses the namespace %s', async (namespace) => {
    await expect(route(`/${namespace}/decode`)).resolves.toMatchObject({
      status: 400,
      code: 'INVALID_NAMESPACE',
    });
  });

  it.each([
    ['/download'],
    ['/orders/download?preserveStorageRefs=true'],
    ['/'],
    ['/decode/orders'],
    ['/DECODE'],
    ['/%E0%A4%A/decode'],
  ])('answers POST %s with 404', async (path) => {
    await expect(route(path, 'orders')).resolves.toMatchObject({ status: 404, code: 'NOT_FOUND' });
  });

  it('uses the default namespace where none is named', async () => {
    const options = { defaultNamespace: 'default' };
    await expect(route('//decode', '', options)).resolves.toMatchObject({ namespace: 'default' });
    await expect(route('/decode', 'orders', options)).resolves.toMatchObject({ namespace: 'orders' });
  });

  it('takes off the base path', async () => {
    const options = { basePath: '/pre/fix/' };
    await expect(route('/pre/fix/decode', 'orders', options)).resolves.toMatchObject({ namespace: 'orders' });
    await expect(route('/pre/fix/orders/decode', '', options)).resolves.toMatchObject({
      namespace: 'orders',
    });
    await expect(route('/orders/decode', undefined, options)).resolves.toMatchObject({ namespace: 'orders' });
    await expect(route('/pre/decode', 'orders')).resolves.toMatchObject({ code: 'NAMESPACE_CONFLICT' });
  });
});

describe('encode', () => {
  it('is refused unless switched on', async () => {
    await expect(route('/orders/encode')).resolves.toMatchObject({ status: 403, code: 'ENCODE_NOT_ALLOWED' });
  });

  it('needs a namespace', async () => {
    const options = { allowEncode: true };
    await expect(route('/encode', '', options)).resolves.toMatchObject({
      status: 400,
      code: 'NAMESPACE_REQUIRED',
    });
    await expect(route('/encode', 'orders', options)).resolves.toMatchObject({
      status: 200,
      namespace: 'orders',
    });
    await expect(route('//encode', '', { ...options, defaultNamespace: 'default' })).resolves.toMatchObject({
      namespace: 'default',
    });
  });
});

describe('other methods', () => {
  const server = createCodecServer({ codec: new MaskCodec(), basePath: '/pre fix' });
  const get = (path: string, method = 'GET') =>
    server.fetch(new Request(`http://127.0.0.1:8081${path}`, { method }));

  it.each([['/healthz'], ['/pre%20fix/healthz'], ['/'], ['/pre%20fix/']])(
    'GET %s answers in plain text',
    async (path) => {
      const response = await get(path);
      expect(response.status).toBe(200);
      expect(response.headers.get('Content-Type')).toContain('text/plain');
      expect(response.headers.get('Cache-Control')).toBe('no-store');
    },
  );

  it.each([
    ['GET', '/decode'],
    ['PUT', '/orders/decode'],
    ['DELETE', '/encode'],
  ])('%s %s is 405', async (method, path) => {
    const response = await get(path, method);
    expect(response.status).toBe(405);
    expect(response.headers.get('Allow')).toBe('POST, OPTIONS');
  });

  it.each([['/favicon.ico'], ['/orders/healthz'], ['/%ZZ']])('GET %s is 404', async (path) => {
    expect((await get(path)).status).toBe(404);
  });
});

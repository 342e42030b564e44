import { join } from 'node:path';

import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import type { ServerConfig } from '@waxseal/config';
import { EnvelopeCodec, Keyring } from '@waxseal/core';
import { createLocalKeyringFile, LocalKey } from '@waxseal/local-key';
import { temporaryDirectory } from '@waxseal/test-support/temporary-directory';

import { createHandler } from '../src/create-handler';
import type { HttpEvent } from '../src/http-event';
import { toRequest } from '../src/to-request';
import shipped from '../waxseal.config.json';
import functionUrl from './events/function-url.json';
import httpApi from './events/http-api.json';
import { configuration, TOKEN } from './support/configuration';
import { encryptedBody } from './support/encrypted-body';

const folder = temporaryDirectory();
const keyFile = join(folder, 'keyring.json');
const authorization = `Bearer ${TOKEN}`;
let body: string;
let logged: string;
let codec: EnvelopeCodec;
let handler: ReturnType<typeof createHandler>;

function load(server: ServerConfig): ReturnType<typeof createHandler> {
  return createHandler({ codecs: [codec], server });
}

const withHeaders = (event: HttpEvent, headers: HttpEvent['headers']): HttpEvent => ({
  ...event,
  headers: { ...event.headers, ...headers },
});

beforeAll(async () => {
  createLocalKeyringFile(keyFile, { id: 'orders' });
  const key = LocalKey.fromFile(keyFile);
  codec = new EnvelopeCodec({ keyring: new Keyring({ decryptOnly: [key] }) });
  body = await encryptedBody(key, '"paid"');
  handler = load(configuration().server);
});
beforeEach(() => {
  logged = '';
  const keep = (chunk: unknown, ...rest: unknown[]): boolean => {
    logged += String(chunk);
    for (const done of rest) if (typeof done === 'function') (done as () => void)();
    return true;
  };
  jest.spyOn(process.stdout, 'write').mockImplementation(keep);
  jest.spyOn(console, 'error').mockImplementation((line) => {
    logged += String(line);
  });
});
afterEach(() => {
  jest.restoreAllMocks();
});
afterAll(() => {
  codec.close();
});

describe('the AWS Lambda handler', () => {
  it.each<[string, HttpEvent]>([
    ['an HTTP API', httpApi],
    ['a function URL', functionUrl],
  ])('decodes what comes through %s', async (_name, event) => {
    const sent = event.isBase64Encoded ? Buffer.from(body).toString('base64') : body;
    const result = await handler({ ...withHeaders(event, { authorization }), body: sent });
    expect(result).toMatchObject({ statusCode: 200, isBase64Encoded: false });
    const { payloads } = JSON.parse(result.body) as { payloads: { data: string }[] };
    expect(payloads.map(({ data }) => Buffer.from(data, 'base64').toString())).toEqual(['"paid"']);
    expect(JSON.parse(logged)).toMatchObject({ outcome: 'allowed', principal: 'ci', namespace: 'orders' });
  });

  it('answers the preflight of an allowed origin, and no other', async () => {
    const requestContext = { ...httpApi.requestContext, http: { method: 'OPTIONS' } };
    const preflight = { ...httpApi, requestContext };
    const ask = { 'access-control-request-method': 'POST' };
    const { statusCode, headers } = await handler(withHeaders(preflight, ask));
    expect(statusCode).toBe(204);
    expect(headers).toMatchObject({ 'access-control-allow-origin': httpApi.headers.origin });
    const other = await handler(withHeaders(preflight, { ...ask, origin: 'https://evil.example' }));
    expect(other.headers).not.toHaveProperty('access-control-allow-origin');
  });

  it.each([
    ['no token', {}, 401],
    ['another token', { authorization: `Bearer ${'x'.repeat(40)}` }, 401],
    ['two tokens', { authorization: `${authorization},${authorization}` }, 401],
    ['another namespace', { authorization, 'x-namespace': 'payments' }, 403],
    ['two namespaces', { authorization, 'x-namespace': 'orders,payments' }, 403],
  ])('refuses %s, and logs nothing of it', async (_name, headers, status) => {
    const sent = Buffer.from(body).toString('base64');
    const result = await handler({ ...withHeaders(functionUrl, headers), body: sent });
    expect(result.statusCode).toBe(status);
    for (const text of [result.body, logged]) {
      expect(text).not.toContain(TOKEN);
      expect(text).not.toContain('paid');
    }
  });

  it('hands on cookies, query and an empty body as they are', async () => {
    const request = toRequest(functionUrl);
    expect(request.headers.get('cookie')).toBe('theme=dark; other=1');
    expect(request.url).toMatch(/^https:\/\/[^/]+\.on\.aws\/decode\?preserveStorageRefs=true$/);
    await expect(request.text()).resolves.toBe('');
  });

  it('takes no other payload format', async () => {
    await expect(handler({ ...httpApi, version: '1.0' })).rejects.toThrow('PayloadFormatVersion');
  });

  it('does not start without authentication', () => {
    expect(() => load({})).toThrow('server.auth is missing');
  });

  it('starts with the configuration that is shipped', async () => {
    const { statusCode, headers } = await load(shipped.server as ServerConfig)({ ...httpApi, body });
    expect(statusCode).toBe(401);
    expect(headers).toHaveProperty('www-authenticate');
  });
});

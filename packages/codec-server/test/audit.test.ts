import { randomBytes } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { afterEach, describe, expect, it } from '@jest/globals';
import { EnvelopeCodec, Keyring } from '@waxseal/core';
import { LocalKey } from '@waxseal/local-key';
import { jsonPayload } from '@waxseal/test-support';
import { temporaryDirectory } from '@waxseal/test-support/temporary-directory';
import { jsonLinesAudit, type AuditRecord, type AuditSink, type CodecServerOptions } from '../src';
import { formatPayloads } from '../src/protojson/payloads';
import { base64 } from './support/post';
import { bearer, start, stopAll } from './support/running';

const TOKEN = randomBytes(32).toString('hex');
const auth = [
  {
    type: 'bearer',
    tokens: [
      { principal: 'ci', token: TOKEN, may: [{ namespaces: ['orders'], operations: ['decode', 'encode'] }] },
    ],
  },
] as const;

afterEach(stopAll);

/** A server whose records are kept. */
async function recorded(options: Partial<CodecServerOptions> = {}) {
  const records: AuditRecord[] = [];
  const server = await start({
    auth,
    allowEncode: true,
    audit: (record) => void records.push(record),
    ...options,
  });
  return { records, server };
}

function envelopeCodec(id: string): EnvelopeCodec {
  return new EnvelopeCodec({
    binding: 'workflow',
    keyring: new Keyring({ primary: new LocalKey({ id, key: randomBytes(32) }) }),
  });
}

const PLAIN = { metadata: { encoding: base64('json/plain') }, data: base64('"card 4111"') };

describe('a record', () => {
  it('of a decode says who, what, with which keys, of which workflow, and nothing of the data', async () => {
    const codec = envelopeCodec('orders-key');
    try {
      const { records, server } = await recorded({ codec });
      const sealed = await codec.encode([jsonPayload('card 4111')], {
        type: 'workflow',
        namespace: 'orders',
        workflowId: 'order-1',
      });
      const body = JSON.parse(formatPayloads([...sealed, ...sealed])) as object;
      const headers = { ...bearer(TOKEN), 'X-Request-Id': 'request-7' };
      const answer = await server.ask('/orders/decode', headers, body);
      expect(answer.status).toBe(200);
      expect(records).toEqual([
        {
          time: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
          requestId: 'request-7',
          principal: 'ci',
          issuer: 'bearer',
          method: 'bearer',
          address: '127.0.0.1',
          namespace: 'orders',
          operation: 'decode',
          policies: [],
          keyIds: ['orders-key'],
          workflowIds: ['order-1'],
          named: null,
          payloadCount: 2,
          unreadableCount: 0,
          outcome: 'allowed',
          status: 200,
          requests: 1,
          reason: null,
          detail: null,
        },
      ]);
    } finally {
      codec.close();
    }
  });

  it('of an encode names the keys that sealed', async () => {
    const codec = envelopeCodec('orders-key');
    try {
      const { records, server } = await recorded({ codec });
      expect((await server.ask('/orders/encode', bearer(TOKEN), { payloads: [PLAIN] })).status).toBe(200);
      expect(records).toEqual([
        expect.objectContaining({
          operation: 'encode',
          policies: [],
          keyIds: ['orders-key'],
          payloadCount: 1,
          outcome: 'allowed',
        }),
      ]);
      expect(JSON.stringify(records)).not.toMatch(/4111/);
    } finally {
      codec.close();
    }
  });

  it.each<[string, string, Record<string, string>, object, Partial<AuditRecord>]>([
    [
      'no token',
      '/orders/decode',
      {},
      {},
      { status: 401, outcome: 'refused', reason: 'TOKEN_MISSING', principal: null },
    ],
    [
      'a wrong token',
      '/orders/decode',
      bearer('x'.repeat(40)),
      {},
      { status: 401, outcome: 'refused', reason: 'TOKEN_NOT_ACCEPTED', detail: 'unknown token' },
    ],
    [
      'a forbidden namespace',
      '/billing/decode',
      bearer(TOKEN),
      {},
      { status: 403, outcome: 'refused', reason: 'ACCESS_DENIED', principal: 'ci', namespace: 'billing' },
    ],
    [
      'a forbidden operation',
      '/orders/download',
      bearer(TOKEN),
      {},
      { status: 403, outcome: 'refused', operation: 'download' },
    ],
    [
      'a conflict',
      '/orders/decode',
      { ...bearer(TOKEN), 'X-Namespace': 'billing' },
      {},
      { status: 400, outcome: 'failed', reason: 'NAMESPACE_CONFLICT', namespace: null },
    ],
    [
      'another origin',
      '/orders/decode',
      { ...bearer(TOKEN), Origin: 'null' },
      {},
      { status: 403, outcome: 'refused', reason: 'ORIGIN_NOT_ALLOWED', operation: null },
    ],
    [
      'a bad body',
      '/orders/decode',
      bearer(TOKEN),
      { payloads: 7 },
      { status: 400, outcome: 'failed', reason: 'MALFORMED_REQUEST', payloadCount: null },
    ],
    [
      'an unknown path',
      '/nowhere',
      bearer(TOKEN),
      {},
      { status: 404, outcome: 'failed', reason: 'NOT_FOUND' },
    ],
  ])('is kept of %s', async (_name, path, headers, body, expected) => {
    const { records, server } = await recorded();
    await server.ask(path, headers, body);
    expect(records).toEqual([expect.objectContaining(expected)]);
    expect(JSON.stringify(records)).not.toContain(TOKEN);
  });

  it('is kept of a request that took too long, once', async () => {
    const never = () => new Promise<never>(() => undefined);
    const { records, server } = await recorded({
      codec: { encode: never, decode: never },
      deadline: '100ms',
    });
    expect((await server.ask('/orders/decode', bearer(TOKEN))).status).toBe(504);
    expect(records).toEqual([
      expect.objectContaining({
        status: 504,
        outcome: 'failed',
        reason: 'DEADLINE_EXCEEDED',
        principal: 'ci',
      }),
    ]);
  });

  it.each<[string, Partial<CodecServerOptions>]>([
    ['together', {}],
    [
      'one by one',
      {
        onPayloadError: 'passthrough',
        codec: { encode: (given) => Promise.resolve(given), decode: () => Promise.reject(new Error('no')) },
      },
    ],
  ])('is bounded, whatever payloads that are decoded %s name', async (_, options) => {
    const { records, server } = await recorded(options);
    const payloads = Array.from({ length: 500 }, (_, index) => ({
      metadata: { 'encryption-key-id': base64(`key-${String(index)}`), encoding: base64('binary/envelope') },
      data: base64('not an envelope'),
    }));
    await server.ask('/orders/decode', bearer(TOKEN), { payloads });
    expect(records[0]?.keyIds).toHaveLength(20);
    expect(records[0]?.workflowIds).toEqual([]);
  });

  it('is kept without authentication also, and of no GET', async () => {
    const records: AuditRecord[] = [];
    const server = await start({ audit: (record) => void records.push(record) });
    await fetch(`${server.url}/healthz`);
    await server.ask('/decode');
    expect(records).toEqual([
      expect.objectContaining({ principal: null, method: 'none', outcome: 'allowed' }),
    ]);
  });
});

const PAGE = 'https://temporal.example.com/namespaces/orders/workflows';
const LONGEST = 'o'.repeat(1000);

describe('the execution that a client names', () => {
  it.each<[string, Record<string, string>, AuditRecord['named']]>([
    ['none', {}, null],
    [
      'by headers',
      { 'X-Workflow-Id': 'order-1', 'X-Run-Id': 'r-1' },
      { workflowId: 'order-1', runId: 'r-1', by: 'headers' },
    ],
    ['a run alone', { 'X-Run-Id': 'r-1' }, null],
    [
      'percent-encoded',
      { 'X-Workflow-Id': 'caf%C3%A9%2F%25' },
      { workflowId: 'café/%', runId: null, by: 'headers' },
    ],
    [
      'with a percent sign that encodes nothing',
      { 'X-Workflow-Id': '100%' },
      { workflowId: '100%', runId: null, by: 'headers' },
    ],
    [
      'in bytes of UTF-8',
      { 'X-Workflow-Id': Buffer.from('café').toString('latin1') },
      { workflowId: 'café', runId: null, by: 'headers' },
    ],
    ['empty', { 'X-Workflow-Id': ' ' }, null],
    [
      'as long as Temporal lets one be',
      { 'X-Workflow-Id': LONGEST },
      { workflowId: LONGEST, runId: null, by: 'headers' },
    ],
    ['too long', { 'X-Workflow-Id': `${LONGEST}o` }, null],
    ['with a line feed', { 'X-Workflow-Id': 'a%0Ab' }, null],
    [
      'by the page',
      { Referer: `${PAGE}/order%201/r-1/history?x=/namespaces/a/workflows/b` },
      { workflowId: 'order 1', runId: 'r-1', by: 'referer' },
    ],
    [
      'by the page under a prefix, without a run',
      { Referer: PAGE.replace('/namespaces', '/ui/namespaces') + '/order-1' },
      { workflowId: 'order-1', runId: null, by: 'referer' },
    ],
    [
      'by headers and the page',
      { 'X-Workflow-Id': 'one', Referer: `${PAGE}/two` },
      { workflowId: 'one', runId: null, by: 'headers' },
    ],
    ['by a page of another namespace', { Referer: `${PAGE.replace('orders', 'billing')}/order-1` }, null],
    ['by the origin alone', { Referer: 'https://temporal.example.com/' }, null],
    ['by no URL', { Referer: '/namespaces/orders/workflows/order-1' }, null],
  ])('%s', async (_name, headers, named) => {
    const { records, server } = await recorded();
    expect((await server.ask('/orders/decode', { ...bearer(TOKEN), ...headers })).status).toBe(200);
    expect(records).toEqual([expect.objectContaining({ named, workflowIds: [] })]);
  });

  it('is not recorded of those who are not known', async () => {
    const { records, server } = await recorded();
    await server.ask('/orders/decode', { 'X-Workflow-Id': 'order-1' });
    expect(records).toEqual([expect.objectContaining({ status: 401, named: null })]);
  });

  it('gives nobody what the rules do not', async () => {
    const { records, server } = await recorded();
    const headers = { ...bearer(TOKEN), Referer: `${PAGE}/order-1`, 'X-Workflow-Id': 'order-1' };
    expect((await server.ask('/billing/decode', headers)).status).toBe(403);
    expect(records).toEqual([expect.objectContaining({ namespace: 'billing', outcome: 'refused' })]);
  });
});

describe('a sink that fails', () => {
  it.each<[string, AuditSink]>([
    [
      'throws',
      () => {
        throw new Error('disk /var/secret is full');
      },
    ],
    ['rejects', () => Promise.reject(new Error('disk /var/secret is full'))],
    ['hangs', () => new Promise<void>(() => undefined)],
  ])('when it %s, nothing that was decoded is answered', async (_name, audit) => {
    const failures: string[] = [];
    const { server } = await recorded({ audit, onError: (_error, { code }) => failures.push(code) });
    const answer = await server.ask('/orders/decode', bearer(TOKEN), { payloads: [PLAIN] });
    expect(answer.status).toBe(503);
    expect(answer.json.error?.code).toBe('AUDIT_UNAVAILABLE');
    expect(answer.headers.get('Retry-After')).toBe('1');
    expect(answer.headers.get('Cache-Control')).toBe('no-store');
    expect(answer.text).not.toMatch(/secret|4111|NDEx/);
    expect(failures).toEqual(['AUDIT_UNAVAILABLE']);
    expect((await server.ask('/orders/decode', {})).status).toBe(503);
  });
});

describe('jsonLinesAudit', () => {
  it('writes a line for each record to a file, and fails closed when the file is closed', async () => {
    const folder = temporaryDirectory();
    const path = join(folder, 'audit.jsonl');
    const stream = createWriteStream(path, { flags: 'a' });
    const { server } = await recorded({ audit: jsonLinesAudit(stream) });
    await Promise.all(Array.from({ length: 20 }, () => server.ask('/orders/decode', bearer(TOKEN))));
    await server.ask('/a%E2%80%AEb/decode', bearer(TOKEN));
    const text = await readFile(path, 'utf8');
    const lines = text.trimEnd().split('\n');
    expect(lines).toHaveLength(21);
    expect(
      lines.map((line) => (JSON.parse(line) as AuditRecord).status).filter((s) => s === 200),
    ).toHaveLength(20);
    // A change of direction in a name would turn the line around in a terminal.
    expect(text).toContain('a\\u202eb');
    await new Promise<void>((resolve) => stream.end(resolve));
    expect((await server.ask('/orders/decode', bearer(TOKEN))).status).toBe(503);
  });

  it('does not end the process when the stream fails', async () => {
    const broken = new Writable({
      write: (_chunk, _encoding, done) => {
        done(new Error('EIO'));
      },
    });
    const { server } = await recorded({ audit: jsonLinesAudit(broken) });
    expect((await server.ask('/orders/decode', bearer(TOKEN))).status).toBe(503);
    expect((await server.ask('/orders/decode', bearer(TOKEN))).status).toBe(503);
  });
});

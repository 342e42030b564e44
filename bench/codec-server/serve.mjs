/**
 * One of the servers that `bench/codec-server.mjs` compares, in a process of its own: prints `{ url, token, body, plain }`: the
 * address, and the bodies of requests to decode and to encode. It serves until it is ended.
 *
 * Usage: node serve.mjs waxseal|guarded|bare|floor <payloads in a request> <bytes of each>
 */
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';

import { serve } from '@hono/node-server';
import { createCodecServer, listen } from '@waxseal/codec-server';
import { EnvelopeCodec, Keyring } from '@waxseal/core';
import { LocalKey } from '@waxseal/local-key';
import { Hono } from 'hono';
import { floorCodec } from '../codec/floors.mjs';

const [kind, count, bytes] = process.argv.slice(2);
const TOKEN = 'a-token-of-32-characters-or-more-0123456789';
const keyring = new Keyring({ primary: new LocalKey({ id: 'bench', key: randomBytes(32) }) });
const codec = kind === 'floor' ? floorCodec : new EnvelopeCodec({ keyring });
const context = { type: 'workflow', namespace: 'bench', workflowId: 'order-1' };

const toJson = ({ metadata, data }) => ({
  metadata: Object.fromEntries(
    Object.entries(metadata).map(([name, value]) => [name, Buffer.from(value).toString('base64')]),
  ),
  data: Buffer.from(data).toString('base64'),
});

const fromJson = ({ metadata, data }) => ({
  metadata: Object.fromEntries(
    Object.entries(metadata).map(([name, value]) => [name, Buffer.from(value, 'base64')]),
  ),
  data: Buffer.from(data, 'base64'),
});

/** What somebody writes in ten lines: the same framework and the same codec, and no check of anything. */
async function bare() {
  const app = new Hono();
  for (const operation of ['decode', 'encode']) {
    app.post(`/${operation}`, async (request) => {
      const { payloads } = await request.req.json();
      const changed = await codec[operation](payloads.map(fromJson), context);
      return request.json({ payloads: changed.map(toJson) });
    });
  }
  const server = serve({ fetch: app.fetch, port: 0, hostname: '127.0.0.1' });
  await once(server, 'listening');
  return `http://127.0.0.1:${server.address().port}`;
}

const guard = {
  auth: [
    {
      type: 'bearer',
      tokens: [
        {
          principal: 'bench',
          token: TOKEN,
          may: [{ namespaces: ['bench'], operations: ['decode'], policy: 'support' }],
        },
      ],
    },
  ],
  policies: { support: { mask: [{ path: '$.card', show: { last: 4 } }] } },
  audit: () => undefined,
};

const servers = {
  waxseal: async () => (await listen(createCodecServer({ codec, allowEncode: true }), { port: 0 })).url,
  guarded: async () => (await listen(createCodecServer({ codec, ...guard }), { port: 0 })).url,
  bare,
  floor: bare,
};

process.once('SIGINT', () => process.exit());
process.on('message', () => process.send(process.cpuUsage()));
process.on('disconnect', () => process.exit());
const url = await servers[kind]();
const order = { card: '4111111111111234', note: 'x'.repeat(Number(bytes) - 40) };
const plain = { metadata: { encoding: Buffer.from('json/plain') }, data: Buffer.from(JSON.stringify(order)) };
const payloads = Array(Number(count)).fill(plain);
const bodyOf = (of) => JSON.stringify({ payloads: of.map(toJson) });
const body = bodyOf(await codec.encode(payloads, context));
console.log(JSON.stringify({ url, token: TOKEN, body, plain: bodyOf(payloads) }));

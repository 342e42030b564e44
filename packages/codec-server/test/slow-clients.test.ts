import { createHash, randomBytes } from 'node:crypto';
import { connect, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, describe, expect, it } from '@jest/globals';
import type { Payload, SerializationContext } from '@temporalio/common';
import type { DecodeRequest } from '@waxseal/core';
import type { CodecServerOptions } from '../src';
import { base64 } from './support/post';
import { start, stopAll, type Running } from './support/running';
import { raw } from './support/raw';

const MIB = 1024 * 1024;
const TOKENS = { mallory: randomBytes(24).toString('hex'), ada: randomBytes(24).toString('hex') };

const sockets: Socket[] = [];
afterEach(() => {
  for (const socket of sockets.splice(0)) socket.destroy();
});
afterAll(stopAll);

const withTwo = (options: Partial<CodecServerOptions> = {}): Promise<Running> =>
  start({
    auth: [
      {
        type: 'bearer',
        tokens: Object.entries(TOKENS).map(([principal, token]) => ({
          principal,
          tokenSha256: createHash('sha256').update(token).digest('hex'),
          may: [{ namespaces: ['orders'], operations: ['decode'] }],
        })),
      },
    ],
    ...options,
  });

function head(principal: keyof typeof TOKENS, length: number): string {
  return `POST /orders/decode HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer ${TOKENS[principal]}\r\nContent-Length: ${String(length)}\r\n\r\n`;
}

function open(url: string): Socket {
  const socket = connect(Number(new URL(url).port), '127.0.0.1');
  socket.on('error', () => undefined);
  sockets.push(socket);
  return socket;
}

/** Statuses of so many small requests of the other principal. */
async function statusesOfAda(server: Running, count: number): Promise<Set<number>> {
  const statuses = new Set<number>();
  for (let round = 0; round < count; round++) {
    const authorization = `Bearer ${TOKENS.ada}`;
    const { status } = await server.ask(
      '/orders/decode',
      { authorization },
      { payloads: [{ data: base64('x') }] },
    );
    statuses.add(status);
  }
  return statuses;
}

describe('who announces much and sends it slowly', () => {
  it('takes nothing from another principal, and is cut off', async () => {
    const server = await withTwo();
    const closed: Promise<string>[] = [];
    for (let count = 0; count < 16; count++) {
      const socket = open(server.url);
      let text = '';
      socket.on('data', (chunk: Buffer) => (text += chunk.toString()));
      closed.push(
        new Promise((resolve) =>
          socket.once('close', () => {
            resolve(text);
          }),
        ),
      );
      socket.write(head('mallory', 16 * MIB));
      const drip = setInterval(() => socket.write('x'), 100);
      socket.once('close', () => {
        clearInterval(drip);
      });
    }
    await sleep(200);
    expect(await statusesOfAda(server, 60)).toEqual(new Set([200]));
    for (const text of await Promise.all(closed)) expect(text).toMatch(/^HTTP\/1\.1 408 .*SLOW_BODY/s);
  });

  it('is cut off at the deadline also where little was announced', async () => {
    const server = await withTwo({ deadline: '500ms' });
    const answer = await raw(server.url, [head('mallory', 1_000), 'x'], { ms: 5_000 });
    expect([answer.statuses, answer.isClosed]).toEqual([[504], true]);
  });
});

describe('who goes away', () => {
  it('is told to the codec, which asks nothing more for them', async () => {
    const reasons: unknown[] = [];
    const seen = new Promise<void>((resolve) => {
      const decode = (_payloads: Payload[], _context?: SerializationContext, request?: DecodeRequest) =>
        new Promise<Payload[]>((_resolve, reject) => {
          request?.signal?.addEventListener('abort', () => {
            reasons.push(request.signal?.reason);
            reject(new Error('gone'));
            resolve();
          });
        });
      const codec = { encode: decode, decode };
      void withTwo({ codec }).then(async (server) => {
        const socket = open(server.url);
        socket.write(`${head('mallory', 15)}{"payloads":[]}`);
        await sleep(300);
        socket.destroy();
      });
    });
    await seen;
    expect(reasons).toMatchObject([{ code: 'CLIENT_GONE' }]);
  });
});

describe('who does not read answers', () => {
  it('holds the memory of its own share only, and others are answered', async () => {
    const server = await withTwo();
    const body = JSON.stringify({ payloads: [{ data: Buffer.alloc(10.5 * MIB, 1).toString('base64') }] });
    for (let count = 0; count < 8; count++) {
      // More than the buffers of the kernel take.
      const socket = open(server.url);
      socket.pause();
      socket.write(head('mallory', body.length));
      socket.write(body);
    }
    await sleep(3_000);
    expect(await statusesOfAda(server, 20)).toEqual(new Set([200]));
    const authorization = `Bearer ${TOKENS.mallory}`;
    const { status } = await server.ask('/orders/decode', { authorization }, JSON.parse(body) as object);
    expect(status).toBe(503);
    for (const socket of sockets.splice(0)) socket.destroy();
    await sleep(200);
    const after = await server.ask('/orders/decode', { authorization }, JSON.parse(body) as object);
    expect(after.status).toBe(200);
  });
});

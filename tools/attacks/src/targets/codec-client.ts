import { randomBytes } from 'node:crypto';
import { connect, type Socket } from 'node:net';

import type { Payload } from '@temporalio/common';
import { EnvelopeCodec } from '@waxseal/core';

import type { Scene } from '../attack';
import { keyringOf, startTarget, type Target } from './target';

/** Who asks; nobody has no token. */
export type Principal = 'mallory' | 'ada' | 'eve' | 'nobody';

/** A Codec Server under attack, and how its principals ask it. */
export interface AttackedServer extends Target {
  /** POSTs payloads; the time is from the first byte to the last of the answer. */
  post(
    principal: Principal,
    operation: 'decode' | 'encode',
    payloads: readonly Payload[],
    namespace?: string,
  ): Promise<{ readonly status: number; readonly ms: number; readonly payloads: unknown[] }>;
  /** A connection on which `principal` has announced a body of so many bytes. */
  open(principal: Principal, bytes: number): Socket;
}

export async function startServer(
  scene: Scene,
  environment: NodeJS.ProcessEnv = {},
): Promise<AttackedServer> {
  const token = (): string => randomBytes(24).toString('hex');
  const tokens = { mallory: token(), ada: token(), eve: token(), nobody: token() };
  const target = await startTarget('server', scene, {
    ATTACKS_TOKEN_MALLORY: tokens.mallory,
    ATTACKS_TOKEN_ADA: tokens.ada,
    ATTACKS_TOKEN_EVE: tokens.eve,
    ...environment,
  });
  const url = target.ready;
  return {
    ...target,
    post: async (principal, operation, payloads, namespace = 'orders') => {
      const body = JSON.stringify({ payloads: payloads.map(toJson) });
      const start = performance.now();
      const response = await fetch(`${url}/${namespace}/${operation}`, {
        method: 'POST',
        body,
        headers: { authorization: `Bearer ${tokens[principal]}`, 'content-type': 'application/json' },
      });
      const answer = (await response.json()) as { payloads?: unknown[] };
      return { status: response.status, ms: performance.now() - start, payloads: answer.payloads ?? [] };
    },
    open: (principal, bytes) => {
      const socket = connect(Number(new URL(url).port), '127.0.0.1');
      socket.on('error', () => undefined);
      socket.write(
        `POST /orders/decode HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer ${tokens[principal]}\r\nContent-Length: ${String(bytes)}\r\n\r\n`,
      );
      return socket;
    },
  };
}

function toJson({ metadata, data }: Payload): object {
  const entries = Object.entries(metadata ?? {}).map(([name, bytes]) => [name, base64(bytes)]);
  return { metadata: Object.fromEntries(entries) as object, data: base64(data ?? new Uint8Array()) };
}

function base64(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('base64');
}

/** A payload as the Web UI would encode one. */
export function plainPayload(text: string): Payload {
  return { metadata: { encoding: Buffer.from('json/plain') }, data: Buffer.from(JSON.stringify(text)) };
}

/** A payload that the server has encoded and can decode. */
export async function sealedPayload(server: AttackedServer): Promise<Payload> {
  const { payloads } = await server.post('ada', 'encode', [plainPayload('order')]);
  const [sealed] = payloads as { metadata: Record<string, string>; data: string }[];
  if (sealed === undefined) throw new Error('The server has encoded nothing.');
  const metadata = Object.fromEntries(
    Object.entries(sealed.metadata).map(([name, value]) => [name, Buffer.from(value, 'base64')]),
  );
  return { metadata, data: Buffer.from(sealed.data, 'base64') };
}

/**
 * Asks as `ada`, one request after the other, while somebody else attacks.
 *
 * @param goesOn whether to ask once more; gets how often was asked
 * @returns the time of each request in milliseconds, and the share that was answered with 200
 */
export async function askMeanwhile(
  server: AttackedServer,
  payload: Payload,
  goesOn: (asked: number) => boolean,
): Promise<{ readonly times: readonly number[]; readonly answered: number }> {
  const times: number[] = [];
  let answered = 0;
  while (goesOn(times.length)) {
    const { status, ms } = await server.post('ada', 'decode', [payload]);
    times.push(ms);
    if (status === 200) answered += 1;
  }
  return { times, answered: answered / times.length };
}

/** Payloads, each under a data key of its own that the server has not seen. */
export async function freshPayloads({ kms, key }: Scene, count: number): Promise<Payload[]> {
  const fresh: Payload[] = [];
  for (let made = 0; made < count; made++) {
    const codec = new EnvelopeCodec({ keyring: keyringOf(kms.endpoint, key.arn) });
    fresh.push(...(await codec.encode([plainPayload('order')])));
    codec.close();
  }
  return fresh;
}

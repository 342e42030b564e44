import { createCodecServer, listen, type CodecServerOptions } from '../../src';
import { MaskCodec } from './mask-codec';
import type { AnswerJson } from './post';

/** A Codec Server that listens on loopback, and how to ask it. */
export interface Running {
  readonly url: string;
  /** Everything that the codec was asked, one entry a call. */
  readonly codec: MaskCodec;
  /** POSTs over the socket; the body is empty payloads unless one is given. */
  ask(path: string, headers?: Record<string, string>, body?: object): Promise<Answer>;
  close(): Promise<void>;
}

/** An answer, its body read as text and as JSON. */
export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  readonly json: AnswerJson;
}

const servers: Running[] = [];

/** Starts a Codec Server with the options of a test. */
export async function start(options: Partial<CodecServerOptions>): Promise<Running> {
  const codec = new MaskCodec();
  const { url, close } = await listen(createCodecServer({ codec, ...options }), { port: 0 });
  const running: Running = {
    url,
    codec,
    close,
    ask: async (path, headers = {}, body = { payloads: [{}] }) => {
      const response = await fetch(`${url}${path}`, {
        method: 'POST',
        body: JSON.stringify(body),
        headers: { 'Content-Type': 'application/json', ...headers },
      });
      const text = await response.text();
      return {
        status: response.status,
        headers: response.headers,
        text,
        json: JSON.parse(text) as AnswerJson,
      };
    },
  };
  servers.push(running);
  return running;
}

/** Closes all servers of a test file. */
export async function stopAll(): Promise<void> {
  await Promise.all(servers.splice(0).map((server) => server.close()));
}

/** The `Authorization` header of a token. */
export function bearer(token: string): Record<string, string> {
  return { Authorization: `Bearer ${token}` };
}

import type { IncomingMessage } from 'node:http';
import { Readable } from 'node:stream';
import type { ClientConnection } from '../server-request';
import type { BodyReading, RequestBody, ServerRequest } from '../server-request';

/** A request that came over a connection of Node, as the handlers see it. */
export class NodeRequest implements ServerRequest {
  readonly method: string;
  readonly pathname: string;
  readonly isHttps: boolean;
  readonly connection: ClientConnection;
  readonly body: RequestBody;
  readonly #message: IncomingMessage;
  #url: URL | undefined;

  /** @throws TypeError when what it is addressed to is no URL */
  constructor(message: IncomingMessage, connection: ClientConnection) {
    this.#message = message;
    this.method = message.method ?? '';
    this.isHttps = 'encrypted' in message.socket;
    this.connection = connection;
    this.body = { read: (take) => readMessage(message, take) };
    this.pathname = plainPath(message) ?? this.url.pathname;
  }

  get url(): URL {
    return (this.#url ??= parseTarget(this.#message, this.isHttps));
  }

  header(name: string): string | undefined {
    // Node has all of them: what is not there has no lines.
    if (!Object.hasOwn(this.#message.headers, name)) return undefined;
    const lines = valuesOf(this.#message, name);
    return lines.length < 2 ? lines[0] : lines.join(name === 'cookie' ? '; ' : ', ');
  }

  query(name: string): string | undefined {
    if (this.#message.url?.includes('?') !== true) return undefined;
    return this.url.searchParams.get(name) ?? undefined;
  }

  /** The request in the Web's standard form. Either of the two can read the body. @throws TypeError */
  toRequest(): Request {
    const { method, rawHeaders } = this.#message;
    const headers = new Headers();
    for (let at = 0; at < rawHeaders.length; at += 2) {
      headers.append(rawHeaders[at] ?? '', rawHeaders[at + 1] ?? '');
    }
    const hasBody = method !== 'GET' && method !== 'HEAD';
    const body = hasBody ? { body: Readable.toWeb(this.#message) as ReadableStream, duplex: 'half' } : {};
    return new Request(this.url, { method: this.method, headers, ...body } as RequestInit);
  }
}

/**
 * The values of a header, one for each of its lines: Node's own `headers` drops the second line of some.
 *
 * @param name in lower case
 */
export function valuesOf({ rawHeaders }: IncomingMessage, name: string): readonly string[] {
  const lines: string[] = [];
  for (let at = 0; at < rawHeaders.length; at += 2) {
    const given = rawHeaders[at] ?? '';
    if (given.length === name.length && given.toLowerCase() === name) lines.push(rawHeaders[at + 1] ?? '');
  }
  return lines;
}

/**
 * Stands for the host of requests that name none, as health checks over HTTP/1.0 do. No page can be of that
 * origin (RFC 6761 §6.4).
 */
const NO_HOST = 'host.invalid';

/** What the URL standard leaves as it is. */
const PLAIN_PATH = /^\/[\w!$&'()*+,\-./:;=@~]*$/;
const PLAIN_HOST = /^[a-z0-9._-]+(?::(?:[1-5]\d{3,4}|[6-9]\d{3}|6[0-4]\d{3}))?$/;

/**
 * The path of a target that need not be parsed to know it. A path with the segments `.` or `..` is refused
 * elsewhere.
 */
function plainPath(message: IncomingMessage): string | undefined {
  const { url = '' } = message;
  return PLAIN_PATH.test(url) && PLAIN_HOST.test(message.headers.host ?? '') ? url : undefined;
}

/** @throws TypeError */
function parseTarget({ url: target = '', headers }: IncomingMessage, isHttps: boolean): URL {
  // The URL standard takes it for a slash, and a proxy in front may not.
  if (/^[^?]*\\/.test(target)) throw new TypeError('Backslash in a path.');
  if (/^https?:\/\//.test(target)) return new URL(target);
  const host = headers.host === undefined || headers.host === '' ? NO_HOST : headers.host;
  const url = new URL(`${isHttps ? 'https' : 'http'}://${host}${target}`);
  const { hostname } = url;
  const isSame = hostname.length === host.length || hostname === host.replace(/:\d+$/, '').toLowerCase();
  if (!isSame && !PLAIN_HOST.test(host)) throw new TypeError('Not a host.');
  return url;
}

function readMessage(message: IncomingMessage, take: (chunk: Uint8Array) => void): BodyReading {
  let stop: BodyReading['stop'] = () => undefined;
  const done = new Promise<void>((resolve, reject) => {
    const end = (): void => {
      message.off('data', onData).off('end', onEnd).off('error', stop).off('close', onClose);
    };
    const onData = (chunk: Buffer): void => {
      try {
        take(chunk);
      } catch (error) {
        stop(error as Error);
      }
    };
    const onEnd = (): void => {
      end();
      resolve();
    };
    const onClose = (): void => {
      stop(new Error('The connection ended.'));
    };
    stop = (reason) => {
      end();
      message.pause();
      reject(reason);
    };
    message.on('data', onData).on('end', onEnd).on('error', stop).on('close', onClose);
    // Both events are over then.
    if (message.readableEnded) onEnd();
    else if (message.destroyed) onClose();
  });
  return { done, stop };
}

import type { ClientConnection } from '../server-request';
import type { BodyReading, ReadyAnswer, RequestBody, ServerRequest } from '../server-request';

/** A Web-standard `Request`, as the handlers see it. */
export class WebRequest implements ServerRequest {
  readonly method: string;
  readonly url: URL;
  readonly connection: ClientConnection;
  readonly body: RequestBody;
  readonly #headers: Headers;

  constructor(request: Request, connection: ClientConnection) {
    this.method = request.method;
    this.url = new URL(request.url);
    this.connection = connection;
    this.body = { read: (take) => readStream(request.body as ReadableStream<Uint8Array> | null, take) };
    this.#headers = request.headers;
  }

  get pathname(): string {
    return this.url.pathname;
  }

  get isHttps(): boolean {
    return this.url.protocol === 'https:';
  }

  header(name: string): string | undefined {
    return this.#headers.get(name) ?? undefined;
  }

  query(name: string): string | undefined {
    return this.url.searchParams.get(name) ?? undefined;
  }
}

function readStream(
  stream: ReadableStream<Uint8Array> | null,
  take: (chunk: Uint8Array) => void,
): BodyReading {
  if (stream === null) return { done: Promise.resolve(), stop: () => undefined };
  const reader = stream.getReader();
  let stopped: Error | undefined;
  const stop = (reason: Error): void => {
    stopped ??= reason;
    // A read that is under way ends as if the body were over.
    reader.cancel(reason).catch(() => undefined);
  };
  const readAll = async (): Promise<void> => {
    for (;;) {
      const { done, value } = await reader.read();
      if (stopped !== undefined) throw stopped;
      if (done) return;
      try {
        take(value);
      } catch (error) {
        stop(error as Error);
        throw error;
      }
    }
  };
  return { done: readAll(), stop };
}

/** An answer as a Web-standard `Response`. */
export function toResponse({ status, headerLines, body }: ReadyAnswer): Response {
  const headers = new Headers();
  for (let at = 0; at < headerLines.length; at += 2) {
    headers.set(headerLines[at] ?? '', headerLines[at + 1] ?? '');
  }
  return new Response(body as string | Uint8Array<ArrayBuffer> | null, { status, headers });
}

/** The answer in a `Response` that something else has made. */
export async function fromResponse(response: Response): Promise<ReadyAnswer> {
  return {
    status: response.status,
    // The length is that of the bytes that are read here.
    headerLines: [...response.headers].filter(([name]) => name !== 'content-length').flat(),
    body: response.body === null ? null : new Uint8Array(await response.arrayBuffer()),
  };
}

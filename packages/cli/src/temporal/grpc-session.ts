import {
  connect,
  type ClientHttp2Session,
  type IncomingHttpHeaders,
  type OutgoingHttpHeaders,
} from 'node:http2';
import type { Socket } from 'node:net';
import type { TemporalSettings } from './settings';
import { TemporalFault } from './temporal-fault';

const SERVICE = 'temporal.api.workflowservice.v1.WorkflowService';
/** Flag and length before each message: https://github.com/grpc/grpc/blob/master/doc/PROTOCOL-HTTP2.md. */
const PREFIX_BYTES = 5;

/** How much is waited for. */
export interface AnswerLimits {
  readonly timeoutMs: number;
  readonly bytes: number;
}

/** As many bytes as gRPC's clients take by default. */
const DEFAULT_LIMITS: AnswerLimits = { timeoutMs: 5_000, bytes: 4 * 1024 * 1024 };

/**
 * Speaks gRPC over a connection. Closing the session ends the socket.
 *
 * @param noAnswer makes the fault of a connection that ends before it has answered
 */
export function openSession(
  socket: Socket,
  settings: TemporalSettings,
  noAnswer: (error: unknown) => Promise<TemporalFault>,
  limits = DEFAULT_LIMITS,
): TemporalSession {
  const { address, tls } = settings;
  const session = connect(`${tls === undefined ? 'http' : 'https'}://${address}`, {
    createConnection: () => socket,
  });
  let lost: unknown;
  // An alert reaches the socket first, and the session without its code.
  for (const emitter of [socket, session]) emitter.on('error', (error: unknown) => (lost ??= error));
  return {
    call: async (method, request) => {
      const answer = await call(session, headersOf(method, settings), request, limits);
      if (answer === undefined) throw await noAnswer(lost);
      if (answer === 'late')
        throw new TemporalFault(`${address}: no answer within ${String(limits.timeoutMs / 1000)} s`);
      if (answer === 'large')
        throw new TemporalFault(
          `${address}: the answer to ${method} is above ${String(limits.bytes / 1024 / 1024)} MiB, the most that is read at once`,
        );
      if (typeof answer === 'number') {
        const what = answer === 0 ? 'without a gRPC status' : `with HTTP ${String(answer)}`;
        throw new TemporalFault(
          `${address}: answers ${what}, as something other than Temporal, or a proxy, does`,
        );
      }
      return answer;
    },
    close: () => {
      session.destroy();
      socket.destroy();
    },
  };
}

function headersOf(
  method: string,
  { metadata, apiKey, namespace, tls }: TemporalSettings,
): OutgoingHttpHeaders {
  return {
    ...metadata,
    ...(apiKey === undefined ? {} : { authorization: `Bearer ${apiKey}` }),
    ...(tls?.serverName === undefined ? {} : { ':authority': tls.serverName }),
    ':method': 'POST',
    ':path': `/${SERVICE}/${method}`,
    'content-type': 'application/grpc',
    'temporal-namespace': namespace,
    te: 'trailers',
  };
}

/** The answer; the HTTP status of one that is not gRPC; `undefined` where the connection ended. */
function call(
  session: ClientHttp2Session,
  headers: OutgoingHttpHeaders,
  request: Uint8Array,
  limits: AnswerLimits,
): Promise<GrpcAnswer | number | 'late' | 'large' | undefined> {
  return new Promise((resolve) => {
    if (session.closed || session.destroyed) {
      resolve(undefined);
      return;
    }
    const stream = session.request(headers);
    const chunks: Buffer[] = [];
    let received: IncomingHttpHeaders | undefined;
    // A timeout of the stream would begin anew with each byte.
    const late = setTimeout(() => {
      resolve('late');
      stream.close();
    }, limits.timeoutMs);
    stream.on('response', (response) => (received = response));
    stream.on('trailers', (trailers: IncomingHttpHeaders) => (received = { ...received, ...trailers }));
    let length = 0;
    stream.on('data', (chunk: Buffer) => {
      length += chunk.length;
      if (length <= limits.bytes) chunks.push(chunk);
      else {
        resolve('large');
        stream.close();
      }
    });
    stream.on('error', () => undefined);
    stream.on('close', () => {
      clearTimeout(late);
      if (received === undefined || !stream.readableEnded) resolve(undefined);
      else resolve(answerOf(received, Buffer.concat(chunks)));
    });
    const prefix = Buffer.alloc(PREFIX_BYTES);
    prefix.writeUInt32BE(request.length, 1);
    stream.end(Buffer.concat([prefix, request]));
  });
}

function answerOf(headers: IncomingHttpHeaders, body: Buffer): GrpcAnswer | number {
  const status = headers['grpc-status'];
  if (typeof status !== 'string') {
    const http = Number(headers[':status']);
    return http === 200 ? 0 : http;
  }
  const said = headers['grpc-message'];
  return {
    status: Number(status),
    said: typeof said === 'string' ? said : '',
    message: isWhole(body) ? body.subarray(PREFIX_BYTES) : undefined,
  };
}

function isWhole(body: Buffer): boolean {
  return body.length >= PREFIX_BYTES && body.length === PREFIX_BYTES + body.readUInt32BE(1);
}

/**
 * The answer to one gRPC call: a status of https://grpc.io/docs/guides/status-codes, and the message's bytes
 * where it is 0.
 */
export interface GrpcAnswer {
  readonly status: number;
  /** What the server says of a status other than 0. */
  readonly said: string;
  /** `undefined` where there is none, or a part. */
  readonly message: Uint8Array | undefined;
}

/** A connection over which Temporal can be called. */
export interface TemporalSession {
  /**
   * @param method of `temporal.api.workflowservice.v1.WorkflowService`
   * @param request protobuf
   * @throws TemporalFault when there is no gRPC answer
   */
  call(method: string, request: Uint8Array): Promise<GrpcAnswer>;
  close(): void;
}

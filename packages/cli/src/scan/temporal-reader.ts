import { ConfigurationError } from '@waxseal/core';
import { printable } from '../printable';
import type { GrpcAnswer, TemporalSession } from '../temporal/grpc-session';
import { typeOf } from './messages';
import { holdsUnknownPayload } from './unknown-fields';

/** A message of `@temporalio/proto` that is sent. */
interface RequestType<Q> {
  encode(message: Q): { finish(): Uint8Array };
}

/** A message of `@temporalio/proto` that is received. */
interface AnswerType<A> {
  decode(bytes: Uint8Array): A;
}

const OK = 0;
const NOT_FOUND = 5;
const UNIMPLEMENTED = 12;

/** What Temporal answers cannot be decoded: it is nested too deep, say. */
export class UnreadableAnswerError extends ConfigurationError {}

/** Asks Temporal what a namespace holds, at most so many times a second. Only reads. */
export class TemporalReader {
  readonly #session: TemporalSession;
  readonly #spacingMs: number;
  readonly namespace: string;
  #nextMs = -Infinity;
  /** Answers of which a part could not be read: it is not known here, or was cut off. */
  notRead = 0;

  /**
   * @param requestsPerSecond above 0
   */
  constructor(session: TemporalSession, namespace: string, requestsPerSecond: number) {
    this.#session = session;
    this.namespace = namespace;
    this.#spacingMs = 1000 / requestsPerSecond;
  }

  /**
   * @param method of Temporal's `WorkflowService`
   * @returns `undefined` for what is not there, or no more
   * @throws ConfigurationError when Temporal refuses, TemporalFault when it does not answer
   */
  async ask<Q, A>(
    method: string,
    type: RequestType<Q>,
    request: Q,
    answer: AnswerType<A>,
  ): Promise<A | undefined> {
    const given = await this.#call(method, type.encode(request).finish());
    return given.status === NOT_FOUND ? undefined : this.decode(answer, messageOf(given, method), method);
  }

  /**
   * Like {@link ask}, for what is there as long as the namespace is.
   *
   * @throws ConfigurationError when Temporal refuses, TemporalFault when it does not answer
   */
  async demand<Q, A>(method: string, type: RequestType<Q>, request: Q, answer: AnswerType<A>): Promise<A> {
    return this.decode(
      answer,
      messageOf(await this.#call(method, type.encode(request).finish()), method),
      method,
    );
  }

  /** @throws UnreadableAnswerError */
  decode<A>(type: AnswerType<A>, bytes: Uint8Array, method: string): A {
    try {
      if (holdsUnknownPayload(typeOf(type), bytes)) this.notRead += 1;
      return type.decode(bytes);
    } catch (cause) {
      throw new UnreadableAnswerError(`Temporal's answer to ${method} cannot be decoded.`, { cause });
    }
  }

  /** Whether the server knows a method; what is said where it does not. */
  async knows<Q>(method: string, type: RequestType<Q>, request: Q): Promise<true | string> {
    const { status, said } = await this.#call(method, type.encode(request).finish());
    return status === UNIMPLEMENTED ? said : true;
  }

  async #call(method: string, request: Uint8Array): Promise<GrpcAnswer> {
    const now = performance.now();
    const at = Math.max(now, this.#nextMs);
    this.#nextMs = at + this.#spacingMs;
    if (at > now) await new Promise((resolve) => setTimeout(resolve, at - now));
    return this.#session.call(method, request);
  }
}

/**
 * The answers to a request for a list, page by page, up to one without a token for the next. `undefined` is
 * an answer too, and the last.
 *
 * @param ask gets the token of the page, empty for the first
 */
export async function* pages<A extends { readonly nextPageToken: Uint8Array } | undefined>(
  ask: (nextPageToken: Uint8Array) => Promise<A>,
): AsyncIterable<A> {
  let nextPageToken: Uint8Array = new Uint8Array();
  do {
    const page = await ask(nextPageToken);
    yield page;
    nextPageToken = page?.nextPageToken ?? new Uint8Array();
  } while (nextPageToken.length > 0);
}

/**
 * Says that parts of answers could not be read, and what to do; nothing where all could.
 *
 * @param notRead {@link TemporalReader.notRead}
 */
export function notReadLines(notRead: number): readonly string[] {
  if (notRead === 0) return [];
  const were = notRead === 1 ? 'answer of Temporal was' : 'answers of Temporal were';
  return [
    `${String(notRead)} ${were} cut off, or hold payloads in fields that this version of @temporalio/proto does not know: update it, see whether a proxy is in between, and scan again`,
  ];
}

function messageOf({ status, said, message }: GrpcAnswer, method: string): Uint8Array {
  if (status !== OK) {
    const check = status === NOT_FOUND ? 'TEMPORAL_NAMESPACE' : '--query and the right to read';
    throw new ConfigurationError(
      `Temporal answers ${method} with gRPC status ${String(status)}, ${printable(said.slice(0, 300))}. Check ${check}; waxseal doctor --temporal checks the connection.`,
    );
  }
  if (message === undefined) {
    throw new ConfigurationError(
      `Temporal's answer to ${method} holds no whole message. Is a proxy in between?`,
    );
  }
  return message;
}

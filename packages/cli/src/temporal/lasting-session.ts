import { openSocket } from './connect';
import { networkFault, tlsFault } from './faults';
import { openSession, type AnswerLimits, type GrpcAnswer, type TemporalSession } from './grpc-session';
import type { TemporalSettings } from './settings';
import { TemporalFault } from './temporal-fault';
import { withProgress } from '../terminal/progress';

/** As many bytes as Temporal's own clients take. */
const LIMITS: AnswerLimits = { timeoutMs: 30_000, bytes: 128 * 1024 * 1024 };

/** RESOURCE_EXHAUSTED and UNAVAILABLE. */
const LATER: ReadonlySet<number> = new Set([8, 14]);

/** Milliseconds before each repetition of a call. */
const WAITS_MS = [1_000, 2_000, 4_000, 8_000, 15_000];

/**
 * A session for many calls that only read, several at a time. Temporal closes each connection after some
 * minutes: a call that finds it closed is made again on a new one, as long as each has brought an answer.
 * What Temporal cannot answer now, or not in time, is asked again a few times.
 *
 * @param wait for tests
 * @throws TemporalFault when there is no connection
 */
export async function openLastingSession(
  settings: TemporalSettings,
  wait: (ms: number) => Promise<void> = waitFor,
): Promise<TemporalSession> {
  const first = connectTo(settings);
  let current: Promise<Connection> | undefined = first;
  await withProgress(`connecting to Temporal at ${settings.address}`, () => first);
  const attempt = async (method: string, request: Uint8Array): Promise<GrpcAnswer | TemporalFault> => {
    for (;;) {
      const opened = (current ??= connectTo(settings));
      let connection: Connection | undefined;
      try {
        connection = await opened;
        const answer = await connection.session.call(method, request);
        connection.hasAnswered = true;
        return answer;
      } catch (error) {
        if (!(error instanceof TemporalFault)) throw error;
        const isLost = connection?.isLost ?? true;
        if (isLost && current === opened) current = undefined;
        if (isLost) connection?.session.close();
        if (connection?.hasAnswered !== true || !isLost) return error;
      }
    }
  };
  return {
    call: async (method, request) => {
      for (const ms of WAITS_MS) {
        const answer = await attempt(method, request);
        if (!(answer instanceof TemporalFault) && !LATER.has(answer.status)) return answer;
        await wait(ms);
      }
      const answer = await attempt(method, request);
      if (answer instanceof TemporalFault) throw answer;
      return answer;
    },
    close: () => {
      current?.then(
        ({ session }) => {
          session.close();
        },
        () => undefined,
      );
    },
  };
}

interface Connection {
  readonly session: TemporalSession;
  hasAnswered: boolean;
  /** Set once the connection has ended without an answer. */
  isLost: boolean;
}

async function connectTo(settings: TemporalSettings): Promise<Connection> {
  const socket = await openSocket(settings);
  const connection: Connection = {
    session: openSession(
      socket,
      settings,
      (error) => {
        connection.isLost = true;
        return Promise.resolve(
          settings.tls === undefined ? networkFault(error, settings) : tlsFault(error, settings),
        );
      },
      LIMITS,
    ),
    hasAnswered: false,
    isLost: false,
  };
  return connection;
}

function waitFor(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

import { openSocket } from './connect';
import { networkFault, tlsFault } from './faults';
import { openSession, type AnswerLimits, type GrpcAnswer, type TemporalSession } from './grpc-session';
import type { TemporalSettings } from './settings';
import { TemporalFault } from './temporal-fault';

/** As many bytes as Temporal's own clients take. */
const LIMITS: AnswerLimits = { timeoutMs: 30_000, bytes: 128 * 1024 * 1024 };

/** RESOURCE_EXHAUSTED and UNAVAILABLE. */
const LATER: ReadonlySet<number> = new Set([8, 14]);

/** Milliseconds before each repetition of a call. */
const WAITS_MS = [1_000, 2_000, 4_000, 8_000, 15_000];

/**
 * A session for many calls that only read. Temporal closes each connection after some minutes: a call that
 * finds it closed is made again on a new one, as long as each has brought an answer. What Temporal cannot
 * answer now is asked again a few times.
 *
 * @param wait for tests
 * @throws TemporalFault when there is no connection
 */
export async function openLastingSession(
  settings: TemporalSettings,
  wait: (ms: number) => Promise<void> = waitFor,
): Promise<TemporalSession> {
  let current: Connection | undefined = await connectTo(settings);
  /** The fault is that of a new connection, which does not come about. */
  const attempt = async (method: string, request: Uint8Array): Promise<GrpcAnswer | TemporalFault> => {
    for (;;) {
      try {
        current ??= await connectTo(settings);
      } catch (error) {
        if (error instanceof TemporalFault) return error;
        throw error;
      }
      const { session } = current;
      try {
        const answer = await session.call(method, request);
        current.hasAnswered = true;
        return answer;
      } catch (error) {
        if (error !== current.lost) throw error;
        session.close();
        const { hasAnswered } = current;
        current = undefined;
        if (!hasAnswered) throw error;
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
    close: () => current?.session.close(),
  };
}

interface Connection {
  readonly session: TemporalSession;
  hasAnswered: boolean;
  /** Set once the connection has ended without an answer. */
  lost: TemporalFault | undefined;
}

async function connectTo(settings: TemporalSettings): Promise<Connection> {
  const socket = await openSocket(settings);
  const connection: Connection = {
    session: openSession(
      socket,
      settings,
      (error) => {
        const fault = settings.tls === undefined ? networkFault(error, settings) : tlsFault(error, settings);
        connection.lost = fault;
        return Promise.resolve(fault);
      },
      LIMITS,
    ),
    hasAnswered: false,
    lost: undefined,
  };
  return connection;
}

function waitFor(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

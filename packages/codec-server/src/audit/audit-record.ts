import type { Principal } from '../auth/principal';
import type { Endpoint } from '../routing/operation';

/**
 * What is recorded of one request: who asked for what, and what came of it. It never holds data or tokens. Key IDs and
 * workflow IDs are those that the payloads name in clear; nothing proves them where a payload did not open.
 */
export interface AuditRecord {
  /** When the answer was ready, in ISO 8601 with milliseconds, UTC. */
  readonly time: string;
  /** The value of `X-Request-Id` in the answer. */
  readonly requestId: string;
  /** Subject, name of a static token, or name in a certificate; null when nobody was authenticated. */
  readonly principal: string | null;
  /** Who vouches for the principal. */
  readonly issuer: string | null;
  /** How the principal was authenticated; `none` where nothing is asked for, or nothing was accepted. */
  readonly method: Principal['method'] | 'none';
  /** Where the request came from, behind proxies that are trusted too; null where that is not known. */
  readonly address: string | null;
  /** What was asked for; null when the request was refused before that was known. */
  readonly namespace: string | null;
  readonly operation: Endpoint | null;
  /** Names of the decode policies that hold for the principal there, `full` among them; empty where there are none, and without access. */
  readonly policies: readonly string[];
  /** Keys that the encrypted payloads name: at most 20 different ones. */
  readonly keyIds: readonly string[];
  /** Workflows that the encrypted payloads are bound to: at most 20 different ones. */
  readonly workflowIds: readonly string[];
  /** Payloads in the request; null when its body was not read. */
  readonly payloadCount: number | null;
  /** How many of them could not be decoded, where the others were answered all the same. */
  readonly unreadableCount: number;
  /** `allowed`: answered in full. `partial`: some payloads could not be decoded. `refused`: 401, 403 or 429. `failed`: any other error. */
  readonly outcome: 'allowed' | 'partial' | 'refused' | 'failed';
  /** HTTP status of the answer. */
  readonly status: number;
  /** Code of the error in the answer; null when there is none. */
  readonly reason: string | null;
  /**
   * Requests that the record stands for: 1. More where requests without a principal are refused faster than one a second; the other
   * fields are then of the last of them.
   */
  readonly requests: number;
  /** More about why a token was refused, such as `aud` or `signature`. */
  readonly detail: string | null;
}

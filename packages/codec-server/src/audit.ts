import type { Writable } from 'node:stream';
import type { Payload } from '@temporalio/common';
import { isKeyId } from '@waxseal/core/provider';
import {
  ENVELOPE_ENCODING,
  KEY_ID_METADATA,
  parseEnvelope,
  escapeUnprintable,
  asBuffer,
} from '@waxseal/core/internal';
import type { AuditChain } from './audit-chain';
import type { Principal } from './authorization/principal';
import type { RequestError } from './request-error';
import type { Endpoint, NamedExecution } from './routing';

/**
 * What is recorded of one request: who asked for what, and what came of it. It never holds data or tokens.
 * Key IDs and workflow IDs are those that the payloads name in clear; nothing proves them where a payload did
 * not open.
 */
export interface AuditRecord {
  /** When the answer was ready, in ISO 8601 with milliseconds, UTC. */
  readonly time: string;
  /** The value of `X-Request-Id` in the answer. */
  readonly requestId: string;
  /**
   * Subject, name of a static token, or name in a certificate; null when the client was not authenticated.
   */
  readonly principal: string | null;
  /** Who vouches for the principal. */
  readonly issuer: string | null;
  /**
   * How the principal was authenticated; `none` where nothing is asked for, or nothing was accepted. `local`:
   * a command that this user of an operating system ran, with keys of their own; `issuer` is then the host.
   */
  readonly method: Principal['method'] | 'none' | 'local';
  /** Where the request came from, behind proxies that are trusted too; null where that is not known. */
  readonly address: string | null;
  /** What was asked for; null when the request was refused before that was known. */
  readonly namespace: string | null;
  readonly operation: Endpoint | null;
  /**
   * Names of the decode policies that hold for the principal there, `full` among them; empty where there are
   * none, and without access.
   */
  readonly policies: readonly string[];
  /** Keys that the encrypted payloads name: at most 20 different ones. */
  readonly keyIds: readonly string[];
  /** Workflows that the encrypted payloads are bound to: at most 20 different ones. */
  readonly workflowIds: readonly string[];
  /**
   * The execution that the client says it reads; null where it names none, and in records of requests that
   * are refused before anybody is known. A claim, which nothing proves, apart from `workflowIds`, which say
   * what payloads are bound to.
   */
  readonly named: NamedExecution | null;
  /** Payloads in the request; null when its body was not read. */
  readonly payloadCount: number | null;
  /** How many of them could not be decoded, where the others were answered all the same. */
  readonly unreadableCount: number;
  /**
   * `allowed`: answered in full. `partial`: some payloads could not be decoded. `refused`: 401, 403 or 429.
   * `failed`: any other error.
   */
  readonly outcome: 'allowed' | 'partial' | 'refused' | 'failed';
  /** HTTP status of the answer; 0 where a command was run, and nothing was asked by HTTP. */
  readonly status: number;
  /** Code of the error in the answer; null when there is none. */
  readonly reason: string | null;
  /**
   * Requests that the record stands for: 1. More where requests without a principal are refused faster than
   * one a second; the other fields are then of the last of them.
   */
  readonly requests: number;
  /** More about why a token was refused, such as `aud` or `signature`. */
  readonly detail: string | null;
}

/** What becomes known of a request while it is answered. */
export class RequestFacts {
  readonly address: string | undefined;
  principal: Principal | undefined;
  namespace: string | undefined;
  operation: Endpoint | undefined;
  policies: readonly string[] | undefined;
  payloadCount: number | undefined;
  unreadableCount: number | undefined;
  named: NamedExecution | undefined;
  readonly keyIds = new Set<string>();
  readonly workflowIds = new Set<string>();

  /** @param address of the client, where it is known */
  constructor(address: string | undefined) {
    this.address = address;
  }
}

/**
 * The record of a request that is about to be answered.
 *
 * @param failure why it is answered with an error, if it is
 */
export function toAuditRecord(
  facts: RequestFacts,
  requestId: string,
  status: number,
  failure: RequestError | undefined,
): AuditRecord {
  const { principal, unreadableCount = 0 } = facts;
  return {
    time: new Date().toISOString(),
    requestId,
    principal: principal?.id ?? null,
    issuer: principal?.issuer ?? null,
    method: principal?.method ?? 'none',
    address: facts.address ?? null,
    namespace: facts.namespace ?? null,
    operation: facts.operation ?? null,
    policies: facts.policies ?? [],
    keyIds: [...facts.keyIds],
    workflowIds: [...facts.workflowIds],
    // Of a flood of refusals each record is to be short.
    named: (principal === undefined && facts.payloadCount === undefined ? null : facts.named) ?? null,
    payloadCount: facts.payloadCount ?? null,
    unreadableCount,
    outcome: outcomeOf(status, unreadableCount),
    status,
    requests: 1,
    reason: failure?.code ?? null,
    detail: failure?.detail ?? null,
  };
}

function outcomeOf(status: number, unreadableCount: number): AuditRecord['outcome'] {
  if (status === 401 || status === 403 || status === 429) return 'refused';
  if (status >= 400) return 'failed';
  return unreadableCount > 0 ? 'partial' : 'allowed';
}

const MAX_NAMES = 20;
const MAX_KEY_ID_BYTES = 1024;

/**
 * Adds to the facts what payloads say of themselves in clear, up to 20 of each: the IDs of their keys, for
 * any codec that names them as Temporal's samples do (`encryption-key-id`), and for Waxseal's envelopes the
 * IDs of their workflows.
 */
export function nameEnvelopes(
  payloads: readonly Payload[],
  { keyIds, workflowIds }: Pick<RequestFacts, 'keyIds' | 'workflowIds'>,
): void {
  for (const { metadata, data } of payloads) {
    if (keyIds.size >= MAX_NAMES && workflowIds.size >= MAX_NAMES) break;
    const keyId = toKeyId(metadata?.[KEY_ID_METADATA]);
    if (keyId === undefined) continue;
    if (keyIds.size < MAX_NAMES) keyIds.add(keyId);
    if (toText(metadata?.['encoding']) !== ENVELOPE_ENCODING || data == null) continue;
    const workflowId = workflowIdOf(keyId, data);
    if (workflowId !== undefined && workflowIds.size < MAX_NAMES) workflowIds.add(workflowId);
  }
}

function toText(bytes: Uint8Array | null | undefined): string {
  return bytes == null ? '' : asBuffer(bytes).toString('utf8');
}

function toKeyId(bytes: Uint8Array | null | undefined): string | undefined {
  if (bytes == null || bytes.length > MAX_KEY_ID_BYTES) return undefined;
  const text = toText(bytes);
  return isKeyId(text) ? text : undefined;
}

function workflowIdOf(keyId: string, data: Uint8Array): string | undefined {
  try {
    return parseEnvelope(keyId, data).context.get('workflow-id');
  } catch {
    // The codec says what is wrong with it.
    return undefined;
  }
}

/**
 * Keeps one record. The answer waits for it, at most a second: when the sink throws, rejects or takes longer,
 * the answer is 503 and holds no payload. A sink that must not stop the service has to catch its own errors.
 */
export type AuditSink = (record: AuditRecord) => void | Promise<void>;

/** What {@link jsonLinesAudit} takes besides the stream. */
export interface JsonLinesAuditOptions {
  /**
   * Links each line to the one before, so that it shows when one is altered or taken out. One chain for one
   * stream. Default: lines are not linked.
   */
  readonly chain?: AuditChain;
}

/**
 * An audit sink that writes each record as a line of JSON: to `process.stdout`, or to a file that was opened
 * with `createWriteStream(path, { flags: 'a' })`. It waits until the stream has taken the line (for a file,
 * until the operating system has; not until it is on the disk), and rejects when the stream has failed or
 * ended, so that nothing is answered that was not recorded.
 *
 * @param stream belongs to the caller, who ends it after the server is closed
 */
export function jsonLinesAudit(stream: Writable, { chain }: JsonLinesAuditOptions = {}): AuditSink {
  // Each write reports its own error; without a listener the stream's event would end the process.
  stream.on('error', () => undefined);
  return (record) =>
    new Promise((resolve, reject) => {
      const line = auditLine(record);
      stream.write(`${chain?.seal(line) ?? line}\n`, (error) => {
        if (error == null) resolve();
        else reject(error);
      });
    });
}

/** A record as JSON in one line, without a line feed, that cannot steer a terminal. */
export function auditLine(record: AuditRecord): string {
  return escapeUnprintable(JSON.stringify(record));
}

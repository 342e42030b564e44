import { randomUUID } from 'node:crypto';
import { hostname, userInfo } from 'node:os';
import type { AuditRecord, PayloadDecoder } from '@waxseal/codec-server';
import { isWaxsealError } from '@waxseal/core';

/** What a person had decoded. */
export interface LocalDecode extends Pick<PayloadDecoder, 'keyIds' | 'workflowIds'> {
  readonly namespace: string | undefined;
  readonly policies: readonly string[];
  /** The execution that was read from Temporal. */
  readonly named: { readonly workflowId: string; readonly runId: string | null } | undefined;
  readonly payloads: number;
  readonly unreadable: number;
}

/**
 * The record of a run of the command, as a Codec Server has one of a request.
 *
 * @param failure why it ended without showing anything, if it did
 */
export function localRecord(decode: LocalDecode, failure: unknown): AuditRecord {
  const { keyIds, workflowIds, named, namespace, policies, payloads, unreadable } = decode;
  return {
    time: new Date().toISOString(),
    requestId: randomUUID(),
    principal: userName(),
    issuer: hostname(),
    method: 'local',
    address: null,
    namespace: namespace ?? null,
    operation: 'decode',
    policies,
    keyIds: [...keyIds],
    workflowIds: [...workflowIds],
    named: named === undefined ? null : { ...named, by: 'command' },
    payloadCount: payloads,
    unreadableCount: unreadable,
    outcome: failure !== undefined ? 'failed' : unreadable > 0 ? 'partial' : 'allowed',
    status: 0,
    requests: 1,
    reason: failure === undefined ? null : isWaxsealError(failure) ? failure.code : 'INTERNAL',
    detail: null,
  };
}

/** Of the operating system; in a container it may know the number alone. */
function userName(): string {
  try {
    return userInfo().username;
  } catch {
    return `uid ${String(process.getuid?.() ?? 'unknown')}`;
  }
}

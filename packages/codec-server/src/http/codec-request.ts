import type { Context } from 'hono';
import type { Payload, PayloadCodec } from '@temporalio/common';
import type { DecodeRequest } from '@waxseal/core';
import type { AuditDraft } from '../audit/audit-draft';
import type { Endpoint } from '../routing/operation';
import type { ServerEnv } from './server-env';

/** A request that may be answered. */
export interface CodecRequest {
  readonly endpoint: Endpoint;
  readonly namespace: string | undefined;
  /** Those of the namespace. */
  readonly codecs: readonly PayloadCodec[];
  readonly draft: AuditDraft;
  /** Notes for the audit log what payloads say of themselves in clear; does nothing where no log is kept. */
  readonly noteEnvelopes: (payloads: readonly Payload[]) => void;
  /** Ends the work at the deadline. */
  readonly signal: AbortSignal;
  readonly context: Context<ServerEnv>;
  /** Who asks, for codecs that ask key services. One object for all that is decoded, so that it is counted together. */
  readonly decodeRequest: DecodeRequest;
}

import type { PayloadCodec } from '@temporalio/common';
import type { AuditSink } from '../audit/audit-sink';
import type { AccessControl } from '../auth/access-control';
import type { OnPayloadError } from '../codec/on-payload-error';
import type { ErrorListener } from './error-listener';

/** The options after validation, with every default filled in. */
export interface ResolvedOptions {
  readonly codecs: readonly PayloadCodec[];
  readonly allowedOrigins: readonly string[];
  readonly allowCredentials: boolean;
  readonly allowEncode: boolean;
  readonly defaultNamespace: string | undefined;
  /** Path segments in front of all routes, decoded. */
  readonly basePath: readonly string[];
  readonly bodyLimitBytes: number;
  readonly deadlineMs: number;
  /** Undefined where everybody may who reaches the server. */
  readonly accessControl: AccessControl | undefined;
  readonly audit: AuditSink | undefined;
  readonly onPayloadError: OnPayloadError;
  readonly maxConcurrentRequests: number;
  /** Never throws. */
  readonly onError: ErrorListener;
}

import type { AuditSink } from '../audit/audit-sink';
import type { AccessControl } from '../auth/access-control';
import type { TrustedProxies } from '../http/client-address';
import type { RateLimiter } from '../rate-limiter';
import type { OnPayloadError } from '../codec/on-payload-error';
import type { ExternalStorageOptions } from '../storage/external-storage-options';
import type { Readiness } from '../health/readiness';
import type { ServerTelemetry } from '../telemetry/server-telemetry';
import type { ErrorListener } from './error-listener';
import type { CodecsFor } from './resolve-codecs-for';

/** The options after validation, with every default filled in. */
export interface ResolvedOptions {
  readonly codecsFor: CodecsFor;
  readonly externalStorage: ExternalStorageOptions | undefined;
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
  /** Undefined where there is no limit. */
  readonly requestRate: RateLimiter | undefined;
  /** Of requests to key services, for each principal. */
  readonly keyRequests: RateLimiter;
  /** Of steps of masking, for each principal. */
  readonly maskingSteps: RateLimiter;
  /** Of each address. */
  readonly failedSignIns: RateLimiter;
  readonly trustedProxies: TrustedProxies;
  readonly readiness: Readiness | undefined;
  readonly metrics: (() => Promise<string>) | undefined;
  readonly telemetry: ServerTelemetry | undefined;
  /** Never throws. */
  readonly onError: ErrorListener;
}

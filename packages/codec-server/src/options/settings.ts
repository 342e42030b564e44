import type { AuditSink } from '../audit';
import type { AccessControl } from '../auth/access-control';
import type { TrustedProxies } from '../client-address';
import type { RateLimiter } from '../rate-limiter';
import type { Readiness } from '../readiness';
import type { OnPayloadError } from '../run-codecs';
import type { ExternalStorageOptions } from '../storage/external-storage';
import type { ServerTelemetry, ErrorListener } from '../telemetry';
import type { CodecsFor } from './resolve-codecs';

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

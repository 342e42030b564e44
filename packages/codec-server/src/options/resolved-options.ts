import type { PayloadCodec } from '@temporalio/common';
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
  readonly onError: ErrorListener | undefined;
}

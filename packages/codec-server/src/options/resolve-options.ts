import { ConfigurationError } from '@waxseal/core';
import { RateLimiter } from '../rate-limiter';
import { isNamespace } from '../routing/is-namespace';
import { splitPath } from '../routing/split-path';
import { quietly } from '../quietly';
import { resolveAccessControl } from '../auth/resolve-access-control';
import { asList } from './as-list';
import { assertOrigin } from './assert-origin';
import type { CodecServerOptions } from './codec-server-options';
import { CONFIG_OPTIONS } from './config-options';
import { resolveCodecsFor } from './resolve-codecs-for';
import { resolveDeadlineMs } from './resolve-deadline-ms';
import { resolveExternalStorage } from './resolve-external-storage';
import { resolveRateLimit } from './resolve-rate-limit';
import { resolveTrustedProxies } from './resolve-trusted-proxies';
import type { OnPayloadError } from '../codec/on-payload-error';
import type { ErrorListener } from './error-listener';
import type { RateLimit } from './rate-limit';
import type { ResolvedOptions } from './resolved-options';

const KIB = 1024;
const MIB = 1024 * KIB;

/** Some pages of long histories at once; in the long run below what one principal may take of a key service's quota. */
const DEFAULT_KEY_REQUEST_LIMIT = { requestsPerSecond: 100, burst: 2_000 };

/** A page of the Web UI with a token that has expired sends some hundred at once. */
const DEFAULT_SIGN_IN_LIMIT = { requestsPerSecond: 10, burst: 500 };

/** About a third of a processor in the long run, and four of the largest calls at once. */
const MASKING_STEPS_PER_SECOND = 500_000;
const MASKING_BURST = 4_000_000;

const FIELDS: ReadonlySet<string> = new Set<keyof CodecServerOptions>([
  'codec',
  'codecs',
  ...CONFIG_OPTIONS,
  'audit',
  'readiness',
  'metrics',
  'telemetry',
  'onError',
]);

/**
 * Validates the options and fills in the defaults.
 *
 * @throws ConfigurationError that names the field
 */
export function resolveOptions(options: CodecServerOptions): ResolvedOptions {
  for (const field of Object.keys(options)) {
    if (!FIELDS.has(field)) {
      throw new ConfigurationError(
        `${field} is not an option of the Codec Server. It takes: ${[...FIELDS].join(', ')}.`,
      );
    }
  }
  const rateLimit = resolveRateLimit(options.rateLimit, 'rateLimit');
  const keyRequestLimit = resolveRateLimit(options.keyRequestLimit, 'keyRequestLimit');
  const signInLimit = resolveRateLimit(options.signInLimit, 'signInLimit');
  return {
    codecsFor: resolveCodecsFor(options),
    allowedOrigins: resolveOrigins(options.allowedOrigins),
    allowCredentials: resolveFlag(options.allowCredentials, 'allowCredentials'),
    allowEncode: resolveFlag(options.allowEncode, 'allowEncode'),
    defaultNamespace: resolveDefaultNamespace(options.defaultNamespace),
    basePath: resolveBasePath(options.basePath),
    bodyLimitBytes: resolveBodyLimit(options.bodyLimitBytes),
    deadlineMs: resolveDeadlineMs(options.deadline),
    externalStorage: resolveExternalStorage(options.externalStorage),
    accessControl: resolveAccessControl(options),
    audit: resolveFunction(options.audit, 'audit'),
    onPayloadError: resolveOnPayloadError(options.onPayloadError),
    maxConcurrentRequests: resolveConcurrency(options.maxConcurrentRequests),
    requestRate: rateLimit && limiterOf(rateLimit),
    keyRequests: limiterOf(keyRequestLimit ?? DEFAULT_KEY_REQUEST_LIMIT),
    maskingSteps: new RateLimiter(MASKING_STEPS_PER_SECOND, MASKING_BURST),
    failedSignIns: limiterOf(signInLimit ?? DEFAULT_SIGN_IN_LIMIT),
    trustedProxies: resolveTrustedProxies(options.trustedProxies),
    readiness: resolveFunction(options.readiness, 'readiness'),
    metrics: resolveFunction(options.metrics, 'metrics'),
    telemetry: options.telemetry,
    onError: quiet(resolveFunction(options.onError, 'onError')),
  };
}

function limiterOf({ requestsPerSecond, burst }: RateLimit): RateLimiter {
  return new RateLimiter(requestsPerSecond, burst);
}

function resolveOrigins(value: unknown): readonly string[] {
  return asList(value ?? [], 'allowedOrigins').map((origin, index) => {
    assertOrigin(origin, `allowedOrigins[${String(index)}]`);
    return origin;
  });
}

function resolveFlag(value: unknown, field: string): boolean {
  if (value !== undefined && typeof value !== 'boolean') {
    throw new ConfigurationError(`${field} must be true or false.`);
  }
  return value ?? false;
}

function resolveDefaultNamespace(value: unknown): string | undefined {
  if (value !== undefined && !isNamespace(value)) {
    throw new ConfigurationError(
      'defaultNamespace must be a Temporal namespace: 1 to 1,000 characters, no control characters.',
    );
  }
  return value;
}

function resolveBasePath(value: unknown): readonly string[] {
  const segments = typeof value === 'string' && value.startsWith('/') ? splitPath(value) : undefined;
  if (value !== undefined && segments === undefined) {
    throw new ConfigurationError('basePath must be a path that starts with a slash, such as "/codec".');
  }
  return segments ?? [];
}

function resolveBodyLimit(value: unknown): number {
  if (value === undefined) return 16 * MIB;
  if (typeof value !== 'number' || !Number.isSafeInteger(value) || value < KIB || value > 128 * MIB) {
    throw new ConfigurationError(
      'bodyLimitBytes must be a whole number of bytes from 1,024 to 134,217,728 (128 MiB). Workers send up to 8 MiB.',
    );
  }
  return value;
}

function resolveOnPayloadError(value: OnPayloadError = 'fail'): OnPayloadError {
  if (!['fail', 'passthrough', 'placeholder'].includes(value)) {
    throw new ConfigurationError('onPayloadError must be "fail", "passthrough" or "placeholder".');
  }
  return value;
}

function resolveConcurrency(value: unknown = 256): number {
  if (typeof value !== 'number' || !Number.isInteger(value) || value < 1 || value > 10_000) {
    throw new ConfigurationError('maxConcurrentRequests must be a whole number from 1 to 10,000.');
  }
  return value;
}

function resolveFunction<T>(value: T, field: string): T {
  if (value !== undefined && typeof value !== 'function') {
    throw new ConfigurationError(`${field} must be a function.`);
  }
  return value;
}

function quiet(listener: ErrorListener | undefined): ErrorListener {
  return (error, request) => {
    quietly(() => listener?.(error, request));
  };
}

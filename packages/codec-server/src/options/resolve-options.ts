import { ConfigurationError } from '@waxseal/core';
import { resolveAccessControl } from '../auth/resolve-access-control';
import { asList, assertOrigin, asDurationMs, asObject } from '../fields';
import { resolveTrustedProxies } from '../client-address';
import { RateLimiter } from '../rate-limiter';
import { isNamespace, splitPath } from '../routing';
import type { OnPayloadError } from '../run-codecs';
import { resolveExternalStorage } from '../storage/external-storage';
import { quietly, type ErrorListener } from '../telemetry';
import type { CodecServerOptions, RateLimit } from './codec-server-options';
import { resolveCodecsFor } from './resolve-codecs';
import type { ResolvedOptions } from './settings';

/** Options that `server` of a `waxseal.config` file has under the same names. */
const CONFIG_OPTIONS = [
  'namespaces',
  'externalStorage',
  'allowedOrigins',
  'allowCredentials',
  'allowEncode',
  'defaultNamespace',
  'basePath',
  'bodyLimitBytes',
  'deadline',
  'auth',
  'authorize',
  'policies',
  'onPayloadError',
  'maxConcurrentRequests',
  'rateLimit',
  'keyRequestLimit',
  'signInLimit',
  'trustedProxies',
] as const satisfies readonly (keyof CodecServerOptions)[];

const KIB = 1024;
const MIB = 1024 * KIB;

/**
 * Some pages of long histories at once; in the long run below what one principal may take of a key service's
 * quota.
 */
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

/**
 * The options of a Codec Server in the `server` of a configuration that `@waxseal/config` loads. Those of
 * {@link listen}, the log and the audit log are left out. {@link createCodecServer} checks the values.
 */
export function optionsOfConfig(
  server: Readonly<Partial<Record<(typeof CONFIG_OPTIONS)[number], unknown>>>,
): Pick<CodecServerOptions, (typeof CONFIG_OPTIONS)[number]> {
  return Object.fromEntries(
    CONFIG_OPTIONS.filter((name) => server[name] !== undefined).map((name) => [name, server[name]]),
  );
}

const RANGE = {
  minMs: 100,
  maxMs: 7_999,
  words:
    'at least 100 ms and below 8 s: the temporal CLI waits for ever, and its call to the server ends after 10 s',
};

/**
 * @returns the deadline of a request in milliseconds, 7 s by default
 * @throws ConfigurationError unless it is at least 100 ms and below 8 s
 */
function resolveDeadlineMs(deadline: unknown = '7s'): number {
  return asDurationMs(deadline, 'deadline', RANGE);
}

const RATE_LIMIT_FIELDS: ReadonlySet<string> = new Set<keyof RateLimit>(['requestsPerSecond', 'burst']);

/**
 * @returns undefined where there is no limit
 * @throws ConfigurationError that names the field
 */
function resolveRateLimit(value: unknown, field: string): RateLimit | undefined {
  if (value === undefined) return undefined;
  const { requestsPerSecond, burst } = asObject(value, field, RATE_LIMIT_FIELDS);
  if (typeof requestsPerSecond !== 'number' || !(requestsPerSecond > 0 && requestsPerSecond <= 100_000)) {
    throw new ConfigurationError(`${field}.requestsPerSecond must be a number above 0, at most 100,000.`);
  }
  if (typeof burst !== 'number' || !Number.isInteger(burst) || burst < 1 || burst > 1_000_000) {
    throw new ConfigurationError(
      `${field}.burst must be a whole number from 1 to 1,000,000. A page of the Web UI asks up to some hundred times at once.`,
    );
  }
  return { requestsPerSecond, burst };
}

import { resolveAccessControl } from '../auth/resolve-access-control';
import { parseOptions } from '../fields';
import { RateLimiter } from '../rate-limiter';
import { splitPath } from '../routing';
import { notify } from '@waxseal/core/internal';
import type { ErrorListener } from '../telemetry';
import { CODEC_SERVER_OPTIONS, type CodecServerOptions, type RateLimit } from './codec-server-options';
import { resolveCodecsFor } from './resolve-codecs';

/** About a third of a processor in the long run, and four of the largest calls at once. */
const MASKING_STEPS_PER_SECOND = 500_000;
const MASKING_BURST = 4_000_000;

/** The options after the check, and what is made of them. */
export type ResolvedOptions = ReturnType<typeof resolveOptions>;

/**
 * Checks the options, fills in the defaults and makes what a server is put together from.
 *
 * @throws ConfigurationError that names the field
 */
export function resolveOptions(options: CodecServerOptions) {
  const settings = parseOptions(CODEC_SERVER_OPTIONS, options);
  const { rateLimit, basePath, onError } = settings;
  return {
    ...settings,
    codecsFor: resolveCodecsFor(settings),
    /** Path segments in front of all routes, decoded. */
    basePath: (basePath === undefined ? undefined : splitPath(basePath)) ?? [],
    /** Undefined where everybody may who reaches the server. */
    accessControl: resolveAccessControl(settings),
    /** Undefined where there is no limit. */
    requestRate: rateLimit && limiterOf(rateLimit),
    /** Of requests to key services, for each principal. */
    keyRequests: limiterOf(settings.keyRequestLimit),
    /** Of steps of masking, for each principal. */
    maskingSteps: new RateLimiter(MASKING_STEPS_PER_SECOND, MASKING_BURST),
    /** Of each address. */
    failedSignIns: limiterOf(settings.signInLimit),
    /** Never throws. */
    onError: quiet(onError),
  };
}

function limiterOf({ requestsPerSecond, burst }: RateLimit): RateLimiter {
  return new RateLimiter(requestsPerSecond, burst);
}

function quiet(listener: ErrorListener | undefined): ErrorListener {
  return (error, request) => {
    notify(() => listener?.(error, request));
  };
}

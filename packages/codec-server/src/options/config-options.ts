import type { CodecServerOptions } from './codec-server-options';

/** Options that `server` of a `waxseal.config` file has under the same names. */
export const CONFIG_OPTIONS = [
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

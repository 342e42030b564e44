import type { CodecServerOptions } from './codec-server-options';

/** Options that `server` of a `waxseal.config` file has under the same names. */
const SHARED = [
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
] as const satisfies readonly (keyof CodecServerOptions)[];

/**
 * The options of a Codec Server in the `server` of a configuration that `@waxseal/config` loads. Those of {@link listen}, the log
 * and the audit log are left out. {@link createCodecServer} checks the values.
 */
export function optionsOfConfig(
  server: Readonly<Partial<Record<(typeof SHARED)[number], unknown>>>,
): Pick<CodecServerOptions, (typeof SHARED)[number]> {
  return Object.fromEntries(
    SHARED.filter((name) => server[name] !== undefined).map((name) => [name, server[name]]),
  );
}

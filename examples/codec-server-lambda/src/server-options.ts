import type { CodecServerOptions } from '@waxseal/codec-server';
import type { ServerConfig } from '@waxseal/config';

/** Fields of `server` in a configuration that say nothing about listening; `createCodecServer` checks their values. */
const FIELDS = [
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
] as const satisfies readonly (keyof ServerConfig & keyof CodecServerOptions)[];

/** Options of a Codec Server, from a configuration file. */
export function serverOptions(server: ServerConfig): Pick<CodecServerOptions, (typeof FIELDS)[number]> {
  return Object.fromEntries(
    FIELDS.filter((field) => server[field] !== undefined).map((field) => [field, server[field]]),
  );
}

import type { CodecServerOptions } from '@waxseal/codec-server';
import type { ServerConfig } from '@waxseal/config';

/** Options that a file gives in the form of `createCodecServer`, which checks their values. */
const PASSED_ON = [
  'auth',
  'authorize',
  'policies',
  'namespaces',
  'externalStorage',
  'onPayloadError',
  'maxConcurrentRequests',
  'rateLimit',
] as const satisfies readonly (keyof ServerConfig & keyof CodecServerOptions)[];

/** Who may do what and with which limits, from a configuration file. */
export function accessOptions(server: ServerConfig): Pick<CodecServerOptions, (typeof PASSED_ON)[number]> {
  return Object.fromEntries(
    PASSED_ON.filter((name) => server[name] !== undefined).map((name) => [name, server[name]]),
  );
}

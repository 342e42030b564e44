import type { CodecServerOptions } from './codec-server-options';
import { CONFIG_OPTIONS } from './config-options';

/**
 * The options of a Codec Server in the `server` of a configuration that `@waxseal/config` loads. Those of {@link listen}, the log
 * and the audit log are left out. {@link createCodecServer} checks the values.
 */
export function optionsOfConfig(
  server: Readonly<Partial<Record<(typeof CONFIG_OPTIONS)[number], unknown>>>,
): Pick<CodecServerOptions, (typeof CONFIG_OPTIONS)[number]> {
  return Object.fromEntries(
    CONFIG_OPTIONS.filter((name) => server[name] !== undefined).map((name) => [name, server[name]]),
  );
}

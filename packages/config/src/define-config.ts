import type { WaxsealConfig } from './waxseal-config';

/**
 * Gives a configuration back as it is, so that an editor knows its fields in a `waxseal.config.mjs`. Nothing is checked:
 * `loadConfig` does that.
 */
export function defineConfig(config: WaxsealConfig): WaxsealConfig {
  return config;
}

import { ConfigurationError } from '@waxseal/core';

/**
 * What becomes of headers, each stage safe beside the one before (docs/headers.md).
 *
 * | mode | sends | receives |
 * | --- | --- | --- |
 * | `leave` | in clear | in clear; a sealed one is a `HeaderError` |
 * | `read` | in clear | sealed and in clear |
 * | `seal` | sealed | sealed and in clear |
 * | `require` | sealed | sealed; one in clear is a `HeaderError` |
 */
export type HeaderMode = 'leave' | 'read' | 'seal' | 'require';

/** Options of the plugin that say what becomes of headers. */
export interface HeaderOptions {
  /**
   * Headers of workflows, activities, signals, queries, updates and schedules: where interceptors put trace
   * contexts, tenants and tokens. Names stay in clear, values are sealed. `read` where nothing is given.
   */
  readonly headers?: HeaderMode | undefined;
  /**
   * The same for headers of Nexus operations, as `headers` where nothing is given. Set it to `read` where
   * handlers of Nexus operations do not use this package: a sealed value is a text that only it reads.
   */
  readonly nexusHeaders?: HeaderMode | undefined;
}

/** Checked options. */
export interface HeaderSettings {
  readonly headers: HeaderMode;
  readonly nexusHeaders: HeaderMode;
  /** Whether the application has said what it wants, so that nothing else will do. */
  readonly isExplicit: boolean;
  /** Whether headers of one of the two kinds are sent sealed. */
  readonly seals: boolean;
}

const MODES: readonly HeaderMode[] = ['leave', 'read', 'seal', 'require'];

/**
 * @param encrypts whether one of the codecs encrypts; where none does, headers are sent in clear as payloads
 *   are
 * @param writesEnvelopes whether it is the envelope codec, whose envelopes alone `require` takes for sealed
 * @throws ConfigurationError that names the option
 */
export function headerSettings(
  options: HeaderOptions,
  encrypts: boolean,
  writesEnvelopes: boolean,
): HeaderSettings {
  for (const name of ['headers', 'nexusHeaders'] as const) {
    const mode = options[name];
    if (mode !== undefined && !MODES.includes(mode)) {
      throw new ConfigurationError(`EnvelopePlugin: ${name} must be one of ${MODES.join(', ')}.`);
    }
    if (mode === 'require' && !writesEnvelopes) {
      throw new ConfigurationError(
        `EnvelopePlugin: with encrypt: false no header is sent in an envelope, and ${name}: 'require' reads no other. Set 'seal' until everything encrypts (docs/headers.md).`,
      );
    }
  }
  const headers = options.headers ?? 'read';
  const nexusHeaders = options.nexusHeaders ?? headers;
  return {
    headers,
    nexusHeaders,
    isExplicit: options.headers !== undefined || options.nexusHeaders !== undefined,
    seals: encrypts && (isSealing(headers) || isSealing(nexusHeaders)),
  };
}

/** Whether headers are sent sealed. */
export function isSealing(mode: HeaderMode): boolean {
  return mode === 'seal' || mode === 'require';
}

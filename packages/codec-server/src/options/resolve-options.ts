import type { PayloadCodec } from '@temporalio/common';
import { ConfigurationError } from '@waxseal/core';
import { isNamespace } from '../routing/is-namespace';
import { splitPath } from '../routing/split-path';
import { assertOrigin } from './assert-origin';
import type { CodecServerOptions } from './codec-server-options';
import { resolveDeadlineMs } from './resolve-deadline-ms';
import type { ResolvedOptions } from './resolved-options';

const KIB = 1024;
const MIB = 1024 * KIB;

const FIELDS: ReadonlySet<string> = new Set<keyof CodecServerOptions>([
  'codec',
  'codecs',
  'allowedOrigins',
  'allowCredentials',
  'allowEncode',
  'defaultNamespace',
  'basePath',
  'bodyLimitBytes',
  'deadline',
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
  return {
    codecs: resolveCodecs(options),
    allowedOrigins: resolveOrigins(options.allowedOrigins),
    allowCredentials: resolveFlag(options.allowCredentials, 'allowCredentials'),
    allowEncode: resolveFlag(options.allowEncode, 'allowEncode'),
    defaultNamespace: resolveDefaultNamespace(options.defaultNamespace),
    basePath: resolveBasePath(options.basePath),
    bodyLimitBytes: resolveBodyLimit(options.bodyLimitBytes),
    deadlineMs: resolveDeadlineMs(options.deadline),
    onError: resolveListener(options.onError),
  };
}

function resolveCodecs({ codec, codecs }: CodecServerOptions): readonly PayloadCodec[] {
  if ((codec === undefined) === (codecs === undefined)) {
    throw new ConfigurationError(
      'Give either codec or codecs: the same as the dataConverter of your workers.',
    );
  }
  const list: readonly unknown[] = codec === undefined ? asList(codecs, 'codecs') : [codec];
  if (list.length === 0) {
    throw new ConfigurationError('codecs must hold at least one PayloadCodec.');
  }
  list.forEach((entry, index) => {
    if (!isCodec(entry)) {
      const field = codec === undefined ? `codecs[${String(index)}]` : 'codec';
      throw new ConfigurationError(`${field} must be a PayloadCodec: an object with encode and decode.`);
    }
  });
  return list.filter(isCodec);
}

function isCodec(value: unknown): value is PayloadCodec {
  return (
    typeof value === 'object' &&
    value !== null &&
    typeof (value as Partial<PayloadCodec>).encode === 'function' &&
    typeof (value as Partial<PayloadCodec>).decode === 'function'
  );
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

function resolveListener(value: CodecServerOptions['onError']): CodecServerOptions['onError'] {
  if (value !== undefined && typeof value !== 'function') {
    throw new ConfigurationError('onError must be a function.');
  }
  return value;
}

function asList(value: unknown, field: string): readonly unknown[] {
  if (!Array.isArray(value)) {
    throw new ConfigurationError(`${field} must be an array.`);
  }
  return value;
}

import { assertKnownOptions } from '../errors/assert-known-options';
import { ConfigurationError } from '../errors/configuration-error';
import { Keyring } from '../keyring/keyring';
import type { EnvelopeCodecOptions } from './envelope-codec-options';

const OPTIONS: ReadonlySet<string> = new Set([
  'keyring',
  'dataKeys',
  'binding',
  'onContextMismatch',
  'namespaceAliases',
  'requireEncryption',
  'telemetry',
]);

/** @throws ConfigurationError that names the option which is missing, misspelt or of the wrong type */
export function checkCodecOptions(options: EnvelopeCodecOptions): void {
  // Callers from JavaScript can hand over anything.
  const given: Readonly<Record<string, unknown>> = { ...(options as EnvelopeCodecOptions | undefined) };
  assertKnownOptions(given, OPTIONS, (name) => `EnvelopeCodec: ${JSON.stringify(name)}`);
  const { keyring, binding, onContextMismatch, requireEncryption, telemetry } = given;
  if (!(keyring instanceof Keyring) && typeof keyring !== 'function') {
    throw new ConfigurationError(
      'EnvelopeCodec: keyring must be a Keyring, new Keyring({ primary }), or a function that gives one.',
    );
  }
  if (binding !== undefined && binding !== 'none' && binding !== 'namespace' && binding !== 'workflow') {
    throw new ConfigurationError("EnvelopeCodec: binding must be 'none', 'namespace' or 'workflow'.");
  }
  if (
    onContextMismatch !== undefined &&
    onContextMismatch !== 'reject' &&
    typeof onContextMismatch !== 'function'
  ) {
    throw new ConfigurationError("EnvelopeCodec: onContextMismatch must be 'reject' or a function.");
  }
  if (requireEncryption !== undefined && typeof requireEncryption !== 'boolean') {
    throw new ConfigurationError('EnvelopeCodec: requireEncryption must be true or false.');
  }
  if (telemetry !== undefined && (typeof telemetry !== 'object' || telemetry === null)) {
    throw new ConfigurationError('EnvelopeCodec: telemetry must be a Telemetry, such as openTelemetry().');
  }
}

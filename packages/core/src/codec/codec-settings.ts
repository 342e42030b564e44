import { dataKeyLimits, type DataKeyLimits } from '../data-keys/data-key-limits';
import type { Binding } from '../encryption-context/binding';
import { namespaceAliases, type NamespaceAliases } from '../encryption-context/namespace-aliases';
import type { ContextMismatch } from '../errors/context-mismatch';
import type { Keyring } from '../keyring/keyring';
import type { KeyringSelector } from '../keyring/keyring-selector';
import type { Telemetry } from '../telemetry/telemetry';
import { checkCodecOptions } from './check-codec-options';
import type { EnvelopeCodecOptions } from './envelope-codec-options';

/** {@link EnvelopeCodecOptions}, checked and with nothing left out. */
export interface CodecSettings {
  readonly keyring: Keyring | KeyringSelector;
  readonly limits: DataKeyLimits;
  readonly binding: Binding;
  /** `undefined`: a payload of another context is rejected. */
  readonly onContextMismatch: ((mismatch: ContextMismatch) => void) | undefined;
  readonly namespaceAliases: NamespaceAliases;
  readonly requireEncryption: boolean;
  readonly telemetry: Telemetry | undefined;
}

/** @throws ConfigurationError that names the option */
export function codecSettings(options: EnvelopeCodecOptions): CodecSettings {
  checkCodecOptions(options);
  const { keyring, dataKeys, binding, onContextMismatch, requireEncryption, telemetry } = options;
  return {
    keyring,
    limits: dataKeyLimits(dataKeys),
    binding: binding ?? 'namespace',
    onContextMismatch: typeof onContextMismatch === 'function' ? onContextMismatch : undefined,
    namespaceAliases: namespaceAliases(options.namespaceAliases),
    requireEncryption: requireEncryption ?? false,
    telemetry,
  };
}

import { GcpFault } from './gcp-fault';
import type { GcpKmsDoubleKey } from './gcp-kms-double-key';
import type { GcpKmsDoubleKeyVersion } from './gcp-kms-double-key-version';

/** @throws GcpFault `FAILED_PRECONDITION` unless the key is for encryption and the version is enabled */
export function assertVersionUsable(
  key: GcpKmsDoubleKey,
  version: GcpKmsDoubleKeyVersion,
  use: 'encryption' | 'decryption',
): void {
  if (key.purpose !== 'ENCRYPT_DECRYPT') {
    throw failed(
      'KEY_PURPOSE_MISMATCH',
      key.name,
      `${key.name} has the purpose ${key.purpose}, which is not usable for ${use}.`,
    );
  }
  if (version.state !== 'ENABLED') {
    throw failed(
      `KEY_${version.state}`,
      version.name,
      `${version.name} is not enabled, current state is: ${version.state}.`,
    );
  }
}

function failed(type: string, subject: string, message: string): GcpFault {
  return new GcpFault('FAILED_PRECONDITION', message, [
    { type: 'PreconditionFailure', value: { violations: [{ type, subject, description: message }] } },
  ]);
}

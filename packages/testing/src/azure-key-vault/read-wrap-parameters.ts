import { KeyVaultFault } from './key-vault-fault';
import { WRAP_ALGORITHMS } from './wrap-algorithms';

/** The body of a wrap or unwrap, checked. */
export interface WrapParameters {
  readonly algorithm: string;
  readonly value: Buffer;
}

const BASE64URL = /^[A-Za-z0-9_-]+$/;

/**
 * @param body text of the request
 * @throws KeyVaultFault that does not quote the value
 */
export function readWrapParameters(body: string): WrapParameters {
  const { alg, value } = parse(body);
  if (typeof alg !== 'string' || !WRAP_ALGORITHMS.has(alg)) {
    throw new KeyVaultFault('BadParameter', 'Property alg has an invalid value.');
  }
  if (typeof value !== 'string' || !BASE64URL.test(value)) {
    throw new KeyVaultFault('BadParameter', 'Property value has an invalid value.');
  }
  return { algorithm: alg, value: Buffer.from(value, 'base64url') };
}

function parse(body: string): { readonly alg?: unknown; readonly value?: unknown } {
  try {
    const parsed: unknown = JSON.parse(body);
    if (typeof parsed === 'object' && parsed !== null) return parsed;
  } catch {
    // Answered below.
  }
  throw new KeyVaultFault('BadParameter', 'The request body must be specified and be JSON.');
}

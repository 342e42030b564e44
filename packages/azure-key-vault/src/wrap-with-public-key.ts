import { constants, publicEncrypt } from 'node:crypto';

import type { PublicKey } from './public-key';

/** RSAES-OAEP (RFC 8017 §7.1) with SHA-256 for both hashes and no label: what the service calls `RSA-OAEP-256`. */
export function wrapWithPublicKey({ key }: PublicKey, dataKey: Uint8Array): Uint8Array {
  const padding = constants.RSA_PKCS1_OAEP_PADDING;
  return new Uint8Array(publicEncrypt({ key, padding, oaepHash: 'sha256' }, dataKey));
}

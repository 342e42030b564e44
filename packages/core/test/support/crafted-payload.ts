import { randomBytes } from 'node:crypto';

import type { Payload } from '@temporalio/common';
import { bytes } from '@waxseal/test-support/vectors';

/** An envelope that anybody can make: well-formed, with wrapped keys that no service has made. */
export function craftedPayload(keyIds: readonly string[]): Payload {
  const [primary = ''] = keyIds;
  const header = bytes.join(
    Uint8Array.of(1, 1),
    randomBytes(64),
    bytes.u16(0),
    bytes.u8(keyIds.length),
    ...keyIds.map((keyId, index) =>
      bytes.join(
        index === 0 ? new Uint8Array() : bytes.prefixed(bytes.text(keyId)),
        bytes.prefixed(randomBytes(61)),
      ),
    ),
  );
  return outer(primary, bytes.join(header, randomBytes(40), randomBytes(16)));
}

/** A real payload that says another key ID. */
export function relabelled(payload: Payload, keyId: string): Payload {
  return outer(keyId, payload.data ?? new Uint8Array());
}

function outer(keyId: string, data: Uint8Array): Payload {
  return {
    metadata: { encoding: bytes.text('binary/envelope'), 'encryption-key-id': bytes.text(keyId) },
    data: new Uint8Array(data),
  };
}

import type { KeyId } from '@waxseal/core';

/** The key ID of one version of a Transit key: `<id>/v<version>`. */
export function transitKeyId(id: KeyId, version: number): KeyId {
  return `${id}/v${String(version)}`;
}

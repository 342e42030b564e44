import type { KeyDescription } from '@waxseal/core';

import { jsonObject, type JsonObject } from './json-object';
import { VaultProtocolError } from './vault-protocol-error';

/** Types whose encryption takes associated data. */
const TAKES_ASSOCIATED_DATA = /^(?:aes(?:128|256)-gcm96|x?chacha20-poly1305)$/;

/**
 * What a person is told of an answer to `GET <mount>/keys/<name>`.
 *
 * @param name the service's path of the key
 * @throws VaultProtocolError when it is no such answer
 */
export function describeTransitKey(answer: JsonObject, name: string): KeyDescription {
  const data = jsonObject(answer['data']);
  const { type, latest_version: latest, min_decryption_version: oldest, auto_rotate_period: period } = data;
  if (typeof type !== 'string' || typeof latest !== 'number') {
    throw new VaultProtocolError('The answer describes no key. Check that mount is a Transit engine.');
  }
  const isDeleted = data['soft_deleted'] === true;
  const fits = TAKES_ASSOCIATED_DATA.test(type) && data['derived'] !== true;
  return {
    service: 'Transit',
    name,
    state: isDeleted ? 'soft-deleted' : fits ? 'enabled' : 'of a type without associated data, or derived',
    isUsable: fits && !isDeleted,
    version: `v${String(latest)}`,
    details: {
      type,
      'oldest version that decrypts': `v${String(oldest)}`,
      'automatic rotation': typeof period === 'number' && period > 0 ? `every ${String(period)} s` : 'off',
      'deletion allowed': data['deletion_allowed'] === true ? 'yes' : 'no',
    },
  };
}

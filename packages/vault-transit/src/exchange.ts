import {
  DATA_KEY_BYTES,
  type KeyDescription,
  type KeyHistory,
  type KeyId,
  type WrappedKey,
} from '@waxseal/core/provider';
import { VaultProtocolError } from './errors';
import { parseTransitCiphertext, transitKeyId } from './key-name';
import { jsonObject, type JsonObject } from './checks';

/**
 * The data key in the answer to a decryption, in a fresh buffer.
 *
 * @returns `undefined` when what was decrypted is no data key
 * @throws VaultProtocolError when there is no plaintext in the answer
 */
export function dataKeyOf(answer: JsonObject): Uint8Array | undefined {
  const { plaintext } = jsonObject(answer['data']);
  if (typeof plaintext !== 'string') {
    throw new VaultProtocolError('The answer holds no plaintext. Check that mount is a Transit engine.');
  }
  if (!/^[A-Za-z0-9+/]{43}=$/.test(plaintext)) return undefined;
  // Buffer.from(string) may take from the shared pool, where bytes cannot be zeroed for good.
  const dataKey = Buffer.alloc(DATA_KEY_BYTES);
  return dataKey.write(plaintext, 'base64') === DATA_KEY_BYTES ? dataKey : undefined;
}

/**
 * The wrapped key in the answer to an encryption, in a fresh buffer.
 *
 * @param id of the key, without version
 * @throws VaultProtocolError when there is none in it
 */
export function wrappedKeyOf(answer: JsonObject, id: KeyId): WrappedKey {
  const { ciphertext } = jsonObject(answer['data']);
  const bytes = new TextEncoder().encode(typeof ciphertext === 'string' ? ciphertext : '');
  const parsed = parseTransitCiphertext(bytes);
  if (parsed === undefined) {
    throw new VaultProtocolError('The answer holds no ciphertext. Check that mount is a Transit engine.');
  }
  return { keyId: transitKeyId(id, parsed.version), bytes };
}

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
      'automatic rotation': rotationOf(period),
      'deletion allowed': data['deletion_allowed'] === true ? 'yes' : 'no',
    },
  };
}

const MOST_VERSIONS = 50;

/**
 * What the answer to `GET <mount>/keys/<name>` says of a key's past: of versions only those that may decrypt.
 * Transit keeps no record of uses.
 */
export function historyOfTransitKey(answer: JsonObject): KeyHistory {
  const data = jsonObject(answer['data']);
  const versions = Object.entries(jsonObject(data['keys']))
    .filter(([number]) => /^[1-9]\d{0,8}$/.test(number))
    .map(([number, made]) => ({ number: Number(number), createdAt: dateOf(made) }))
    .sort((one, other) => other.number - one.number);
  const oldest = versions.at(-1);
  const isWhole = oldest?.number === 1;
  return {
    ...(isWhole ? { createdAt: oldest.createdAt } : {}),
    rotation: rotationOf(data['auto_rotate_period']),
    versions: versions
      .slice(0, MOST_VERSIONS)
      .map(({ number, createdAt }) => ({ version: `v${String(number)}`, createdAt })),
    hasMoreVersions: versions.length > MOST_VERSIONS,
    untold: isWhole ? [] : [`versions below v${String(oldest?.number)}: they do not decrypt`],
  };
}

/** @param made seconds since 1970; of a key with a public part, an object with a `creation_time` */
function dateOf(made: unknown): Date | undefined {
  const time = typeof made === 'number' ? made * 1000 : Date.parse(String(jsonObject(made)['creation_time']));
  const date = new Date(time);
  return Number.isNaN(date.getTime()) ? undefined : date;
}

function rotationOf(period: unknown): string {
  return typeof period === 'number' && period > 0 ? `every ${String(period)} s` : 'off';
}

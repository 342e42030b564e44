import { createHash } from 'node:crypto';
import {
  NEVER_RETRY,
  quote,
  RETRY_AFTER_FIX,
  type TemporalTraits,
  WaxsealError,
  type WaxsealErrorOptions,
} from '@waxseal/core/internal';

/** Who wrote a payload, as `waxseal keys usage` names it. */
export type PeerFormat = 'samples' | 'temporal-proxy' | 'aws-encryption-sdk' | 'fernet';

/**
 * Why a payload of another format cannot be read.
 *
 * | reason | meaning |
 * | --- | --- |
 * | `unknown-key` | it names a key that the codec was not given; no service was asked |
 * | `damaged` | it does not open: one outcome for every cause |
 * | `unsupported` | it says that it was encrypted in a way that no sample uses |
 * | `context-mismatch` | its authenticated context is not the expected one |
 */
export type PeerFormatReason = 'unknown-key' | 'damaged' | 'unsupported' | 'context-mismatch';

const TRAITS: Readonly<Record<PeerFormatReason, TemporalTraits>> = {
  'unknown-key': { type: 'WaxsealPeerFormatUnknownKey', ...RETRY_AFTER_FIX },
  damaged: { type: 'WaxsealPeerFormatDamaged', ...NEVER_RETRY },
  unsupported: { type: 'WaxsealPeerFormatUnsupported', ...NEVER_RETRY },
  'context-mismatch': { type: 'WaxsealPeerFormatContextMismatch', ...NEVER_RETRY },
};

const DAMAGED =
  'It was changed after it was encrypted, or its key is not the one that the codec has under that name. ' +
  'Check the key, or restore the original payload from history.';

/** What a {@link PeerFormatError} says besides its reason. */
interface PeerFormatErrorOptions extends WaxsealErrorOptions {
  /** The key that the payload names, as {@link shownKeyId} gives it. */
  readonly keyId?: string | undefined;
  /** What to set, as a sentence. */
  readonly nextStep?: string | undefined;
}

/**
 * A payload in the format of another implementation cannot be read.
 *
 * A key service that does not answer, or refuses, is a `KeyServiceError`, as it is with envelopes.
 */
export class PeerFormatError extends WaxsealError {
  override readonly name = 'PeerFormatError';
  readonly code = 'WAXSEAL_PEER_FORMAT';

  readonly format: PeerFormat;
  readonly reason: PeerFormatReason;
  /**
   * The key that the payload names; a fingerprint where that may be the key itself, `undefined` where it
   * names none. It comes from the payload: treat it as untrusted.
   */
  readonly keyId: string | undefined;

  constructor(format: PeerFormat, reason: PeerFormatReason, options: PeerFormatErrorOptions = {}) {
    const { keyId, nextStep = DAMAGED, cause } = options;
    const key = keyId === undefined ? '' : `, key ${quote(keyId)}`;
    const message = `A payload of the format ${format}${key}: ${reason}. ${nextStep}`;
    super(message, false, TRAITS[reason], { cause });
    this.format = format;
    this.reason = reason;
    this.keyId = keyId;
  }
}

/** Tells keys apart without showing them, as `waxseal keys usage` does: 48 bits of SHA-256. */
export function fingerprint(secret: string | Uint8Array): string {
  return `SHA-256 ${createHash('sha256').update(secret).digest('hex').slice(0, 12)}`;
}

/** Longest key ID that is looked at, in bytes of UTF-8. */
export const MAX_PEER_KEY_ID_BYTES = 1024;

/**
 * A key ID as it may be shown. `base64key://` holds the key itself, and so does an ID where `isMaybeKey` says
 * so.
 */
export function shownKeyId(keyId: string, isMaybeKey = false): string {
  if (/^(?:base64key|testing):/i.test(keyId)) return `base64key://(the key itself, ${fingerprint(keyId)})`;
  return isMaybeKey ? `(may be the key itself, ${fingerprint(keyId)})` : keyId;
}

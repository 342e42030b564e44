import type { Envelope } from '../envelope/envelope';
import { UnknownKeyError } from '../errors/unknown-key-error';
import type { WrappedKey } from '../key-encryption-key/wrapped-key';
import type { GuardedKey } from '../keyring/guarded-key';
import type { Keyring } from '../keyring/keyring';

/** A wrapped key of an envelope, and the configured key that it names. */
export interface Candidate {
  readonly kek: GuardedKey;
  readonly wrapped: WrappedKey;
}

/** One or more, in the order of the envelope. */
export type Candidates = readonly [Candidate, ...Candidate[]];

/**
 * The wrapped keys of an envelope that the keyring can unwrap.
 *
 * @throws UnknownKeyError when there is none
 */
export function findCandidates(envelope: Envelope, keyring: Keyring): Candidates {
  const candidates: Candidate[] = [];
  for (const wrapped of envelope.wrappedKeys) {
    const kek = keyring.findGuarded(wrapped.keyId);
    if (kek !== undefined) candidates.push({ kek, wrapped });
  }
  const [first, ...others] = candidates;
  if (first === undefined) throw new UnknownKeyError(envelope.wrappedKeys[0].keyId);
  return [first, ...others];
}

import type { KeyObject } from 'node:crypto';

import type { Payload, SerializationContext } from '@temporalio/common';

import { open } from '../cipher/open';
import type { DataKeysByKeyring } from '../data-keys/data-keys-by-keyring';
import type { DecodingKeys } from '../data-keys/decoding-keys';
import { findContextMismatches } from '../encryption-context/find-context-mismatches';
import type { Envelope } from '../envelope/envelope';
import { parseEnvelope } from '../envelope/parse-envelope';
import type { ContextMismatch } from '../errors/context-mismatch';
import { ContextMismatchError } from '../errors/context-mismatch-error';
import { UnencryptedPayloadError } from '../errors/unencrypted-payload-error';
import type { KeyGuardLimits } from '../keyring/key-guard-limits';
import { tell } from '../telemetry/tell';
import type { CodecSettings } from './codec-settings';
import { findCandidates, type Candidates } from './find-candidates';
import { keyringContext } from './keyring-context';
import { isEnvelopePayload, primaryKeyIdOf } from './outer-payload';
import { parsePayload } from './parse-payload';
import { isRedactedPayload } from './redacted-payload';
import { reportMismatch } from './report-mismatch';
import { selectKeyring } from './select-keyring';
import { unwrapDataKey } from './unwrap-data-key';

/** An envelope that no key service has been asked about yet. */
interface Checked {
  readonly envelope: Envelope;
  /** UTF-8 of the primary key ID. */
  readonly keyId: Uint8Array;
  readonly mismatches: readonly ContextMismatch[];
  readonly candidates: Candidates;
  readonly keys: DecodingKeys;
  readonly guard: KeyGuardLimits;
}

/** A payload that is no envelope. */
interface PassedOn {
  readonly payload: Payload;
  readonly envelope: undefined;
}

/** Opens envelopes, in the order of checks of docs/spec/envelope.md §6. */
export class EnvelopeDecoder {
  readonly #settings: CodecSettings;
  readonly #dataKeys: DataKeysByKeyring;

  constructor(settings: CodecSettings, dataKeys: DataKeysByKeyring) {
    this.#settings = settings;
    this.#dataKeys = dataKeys;
  }

  /** As `EnvelopeCodec.decode`. */
  async decode(payloads: Payload[], context: SerializationContext | undefined): Promise<Payload[]> {
    this.#dataKeys.assertOpen();
    // All that can throw at once comes before the first request, so that no rejection is left without a handler.
    const checked = payloads.map((payload) => this.#check(payload, context));
    const decoded = checked.map((item) =>
      item.envelope === undefined ? item.payload : this.#openFromMemory(item),
    );
    if (decoded.every(isPayload)) return decoded;
    return Promise.all(
      decoded.map(async (result) => (isPayload(result) ? result : this.#openByRequest(result))),
    );
  }

  #check(payload: Payload, serialization: SerializationContext | undefined): Checked | PassedOn {
    const settings = this.#settings;
    if (!isEnvelopePayload(payload)) {
      if (settings.requireEncryption && !isRedactedPayload(payload)) throw new UnencryptedPayloadError();
      return { payload, envelope: undefined };
    }
    const { keyId, bytes } = primaryKeyIdOf(payload);
    const envelope = parseEnvelope(keyId, payload.data ?? new Uint8Array());
    const mismatches = findContextMismatches(envelope.context, serialization, settings.namespaceAliases);
    if (mismatches[0] !== undefined && settings.onContextMismatch === undefined) {
      throw new ContextMismatchError(mismatches[0]);
    }
    const keyring = selectKeyring(settings.keyring, keyringContext(serialization, envelope.context));
    const candidates = findCandidates(envelope, keyring);
    const { decoding: keys } = this.#dataKeys.of(keyring);
    return { envelope, keyId: bytes, mismatches, candidates, keys, guard: keyring.guard };
  }

  /** @returns the payload, or `item` itself when its data key is not in memory */
  #openFromMemory(item: Checked): Payload | Checked {
    for (const { wrapped } of item.candidates) {
      const dataKey = item.keys.get(wrapped);
      if (dataKey !== undefined) {
        this.#tellLookup(true);
        return this.#open(item, dataKey);
      }
    }
    this.#tellLookup(false);
    return item;
  }

  #tellLookup(isHit: boolean): void {
    const { telemetry } = this.#settings;
    if (telemetry !== undefined) tell(() => telemetry.dataKeyLookup?.(isHit));
  }

  async #openByRequest(item: Checked): Promise<Payload> {
    return this.#open(item, await unwrapDataKey(item.candidates, item.keys, item.guard));
  }

  #open({ envelope, keyId, mismatches }: Checked, dataKey: KeyObject): Payload {
    const payload = parsePayload(open(envelope, dataKey, keyId));
    for (const mismatch of mismatches) reportMismatch(mismatch, this.#settings.onContextMismatch);
    return payload;
  }
}

function isPayload(result: Payload | Checked): result is Payload {
  return !('envelope' in result);
}

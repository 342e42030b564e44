import type { KeyObject } from 'node:crypto';
import type { Payload, SerializationContext } from '@temporalio/common';
import { Deadline } from '../base/deadline';
import {
  type ContextMismatch,
  ContextMismatchError,
  DecryptionError,
  UnencryptedPayloadError,
} from '../base/errors';
import { isPauseDue, pause, piecesOf } from '../base/clock';
import type { DataKeysByKeyring } from '../data-keys/data-keys';
import type { DecodingKeys } from '../data-keys/decoding-keys';
import { DataKeySearch, findCandidates, namesOf, type Candidates } from '../data-keys/failover';
import { windowOf, type UnwrapWindows } from '../data-keys/unwrap-window';
import { open } from '../envelope/cipher';
import { assertNothingCritical, findContextMismatches, reportMismatch } from '../envelope/encryption-context';
import { type Envelope, parseEnvelope } from '../envelope/envelope';
import { notify } from '../key/telemetry';
import type { KeyGuardLimits } from '../keyring/keyring-options';
import { decodeRequestOf, keyringContext, selectKeyring } from './codec-options';
import type { CodecSettings, DecodeRequest } from './codec-options';
import type { RequestOrigin } from '../keyring/request-queue';
import { readableRedaction, redactedPartOf } from './failure-payload';
import { bytesOf, isEnvelopePayload, primaryKeyIdOf } from './payload-bytes';
import { parsePayload } from './payload-message';

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

/** Envelopes of one call with the same wrapped keys, and where they stand in it. One or more. */
type Group = [readonly [number, Checked], ...(readonly [number, Checked])[]];

/** One call that has to ask key services. */
interface ColdCall {
  readonly origin: RequestOrigin;
  readonly deadline: Deadline;
  readonly request: DecodeRequest;
}

/** Why the other payloads of a call are not opened: it says nothing of them. */
const ABANDONED = new Error('Another payload of the call could not be opened.');

/** Stands for a payload that is still to be opened. */
const NOT_YET: Payload = {};

/** Opens envelopes, in the order of checks of docs/spec/envelope.md §6. */
export class EnvelopeDecoder {
  readonly #settings: CodecSettings;
  readonly #dataKeys: DataKeysByKeyring;
  readonly #windows: UnwrapWindows = new WeakMap();

  constructor(settings: CodecSettings, dataKeys: DataKeysByKeyring) {
    this.#settings = settings;
    this.#dataKeys = dataKeys;
  }

  /** As `EnvelopeCodec.decode`. */
  decode(
    payloads: Payload[],
    context: SerializationContext | undefined,
    given: DecodeRequest | undefined,
  ): Promise<Payload[]> {
    const request = decodeRequestOf(given);
    const [first] = payloads;
    return first !== undefined && payloads.length === 1
      ? this.#decodeOne(first, context, request)
      : this.#decodeMany(payloads, context, request);
  }

  /** The usual case, without what many payloads need. */
  async #decodeOne(
    payload: Payload,
    context: SerializationContext | undefined,
    request: DecodeRequest,
  ): Promise<Payload[]> {
    this.#dataKeys.assertOpen();
    const item = this.#check(payload, context);
    if (isPayload(item)) return [item];
    while (isOthersTurn(item)) await pause();
    const opened = this.#openFromMemory(item);
    return opened === undefined ? this.#openByRequest([[[0, item]]], [NOT_YET], context, request) : [opened];
  }

  async #decodeMany(
    payloads: Payload[],
    context: SerializationContext | undefined,
    request: DecodeRequest,
  ): Promise<Payload[]> {
    this.#dataKeys.assertOpen();
    // All that can throw at once comes before the first request, so that no rejection is left without a
    // handler.
    const checked: (Payload | Checked)[] = [];
    for (const payload of payloads) {
      while (checked.length > 0 && isPauseDue()) await pause();
      checked.push(this.#check(payload, context));
    }
    const decoded: Payload[] = [];
    const cold = new Map<string, Group>();
    for (const item of checked) {
      while (isOthersTurn(item)) await pause();
      const payload = isPayload(item) ? item : this.#openFromMemory(item);
      if (payload === undefined) addTo(cold, [decoded.length, item as Checked]);
      decoded.push(payload ?? NOT_YET);
    }
    if (cold.size === 0) return decoded;
    return this.#openByRequest([...cold.values()], decoded, context, request);
  }

  #check(payload: Payload, serialization: SerializationContext | undefined): Checked | Payload {
    const settings = this.#settings;
    if (!isEnvelopePayload(payload)) {
      if (!settings.requireEncryption) return readableRedaction(payload);
      if (redactedPartOf(payload) === undefined) throw new UnencryptedPayloadError();
      return payload;
    }
    const { keyId, bytes } = primaryKeyIdOf(payload);
    const envelope = parseEnvelope(keyId, bytesOf(payload.data));
    assertNothingCritical(envelope.context);
    const mismatches = findContextMismatches(envelope.context, serialization, settings.namespaceAliases);
    if (mismatches[0] !== undefined && settings.onContextMismatch === undefined) {
      throw new ContextMismatchError(mismatches[0]);
    }
    const keyring = selectKeyring(settings.keyring, keyringContext(serialization, envelope.context, keyId));
    const candidates = findCandidates(envelope, keyring);
    const { decoding: keys } = this.#dataKeys.of(keyring);
    return { envelope, keyId: bytes, mismatches, candidates, keys, guard: keyring.guard };
  }

  /**
   * @returns the payload, or `undefined` when its data key is not in memory
   * @throws DecryptionError when all that could be unwrapped is, and is another
   */
  #openFromMemory(item: Checked): Payload | undefined {
    let known = 0;
    for (const candidate of item.candidates) {
      const dataKey = item.keys.get(candidate);
      if (dataKey === undefined) continue;
      known += 1;
      if (known === item.candidates.length) this.#tellLookup(true);
      const payload = this.#open(item, dataKey);
      if (payload === undefined) continue;
      if (known < item.candidates.length) this.#tellLookup(true);
      return payload;
    }
    if (known === item.candidates.length) throw new DecryptionError();
    this.#tellLookup(false);
    return undefined;
  }

  #tellLookup(isHit: boolean): void {
    const { telemetry } = this.#settings;
    if (telemetry !== undefined) notify(() => telemetry.dataKeyLookup?.(isHit));
  }

  /**
   * Opens envelopes whose data keys are not in memory. The first that fails ends the others.
   *
   * @returns `decoded`, with the opened payloads in their places
   */
  async #openByRequest(
    groups: readonly Group[],
    decoded: Payload[],
    context: SerializationContext | undefined,
    request: DecodeRequest,
  ): Promise<Payload[]> {
    const [, { guard, candidates }] = (groups[0] as Group)[0];
    if (groups.length > guard.maxUnwrapsPerDecode) {
      const [{ kek, wrapped }] = candidates;
      throw kek.notAsked(
        wrapped.keyId,
        `the payloads of one call are under ${String(groups.length)} data keys that are not in memory, and requests.maxUnwrapsPerDecode is ${String(guard.maxUnwrapsPerDecode)}`,
      );
    }
    request.signal?.throwIfAborted();
    const deadline = new Deadline(guard.request.totalTimeoutMs, request.signal);
    const call = { origin: originOf(context, request), deadline, request };
    const queue = groups.values();
    const work = async (): Promise<void> => {
      for (const group of queue) await this.#openGroup(group, decoded, call);
    };
    try {
      await Promise.all(Array.from({ length: Math.min(groups.length, guard.queue.atOnce) }, work));
      return decoded;
    } catch (error) {
      deadline.abort(ABANDONED);
      throw error;
    } finally {
      deadline.end();
    }
  }

  #openGroup(group: Group, decoded: Payload[], { origin, deadline, request }: ColdCall): Promise<void> {
    const [, { candidates, keys, guard }] = group[0];
    const [{ kek, wrapped }] = candidates;
    const waiter = { origin, takeKeyRequest: request.takeKeyRequest };
    const refusal = (): Error =>
      kek.notAsked(wrapped.keyId, 'too many payloads of this request could not be opened');
    return windowOf(this.#windows, request, kek, guard.queue.atOnce).within(deadline, refusal, async () => {
      const { hedgeAfterMs } = guard;
      const search = new DataKeySearch({ candidates, keys, waiter, deadline, hedgeAfterMs });
      for (const [index, item] of group) {
        decoded[index] = await search.open(item.envelope, (dataKey) => this.#open(item, dataKey));
      }
    });
  }

  /** @returns `undefined` when the envelope was sealed under another data key */
  #open({ envelope, keyId, mismatches }: Checked, dataKey: KeyObject): Payload | undefined {
    const plaintext = open(envelope, dataKey, keyId);
    if (plaintext === undefined) return undefined;
    const payload = parsePayload(plaintext);
    for (const mismatch of mismatches) reportMismatch(mismatch, this.#settings.onContextMismatch);
    return payload;
  }
}

/** Not where the data key is asked for already: callers that come together are to share the answer. */
function isOthersTurn(item: Payload | Checked): boolean {
  if (isPayload(item)) return isPauseDue();
  return isPauseDue(piecesOf(item.envelope.ciphertext.length)) && !item.keys.isUnderWay(item.candidates[0]);
}

function isPayload(item: Payload | Checked): item is Payload {
  return !('envelope' in item);
}

/** By all that could unwrap it: envelopes of one data key have the same wrapped keys. */
function addTo(groups: Map<string, Group>, entry: readonly [number, Checked]): void {
  const name = namesOf(entry[1].candidates);
  const group = groups.get(name);
  if (group === undefined) groups.set(name, [entry]);
  else group.push(entry);
}

/** Whom work is for, so that callers have equal shares: who asked, or else the workflow. */
export function originOf(context?: SerializationContext, { caller }: DecodeRequest = {}): RequestOrigin {
  const namespace = context?.namespace ?? '';
  if (caller !== undefined) return { tenant: `caller ${caller}`, caller: namespace };
  return { tenant: `namespace ${namespace}`, caller: context?.workflowId ?? '' };
}

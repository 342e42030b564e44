import type { KeyObject } from 'node:crypto';
import type { Payload } from '@temporalio/common';
import { type DecodeRequest, KeyServiceError } from '@waxseal/core';
import {
  type Candidate,
  type DataKeysByKeyring,
  DecryptionError,
  isPauseDue,
  pause,
  type RequestOrigin,
  Deadline,
  type UnwrapWindows,
  windowOf,
} from '@waxseal/core/internal';
import { MAX_WRAPPED_KEY_BYTES } from '@waxseal/core/provider';
import { openAesGcm } from './aes-gcm';
import { identityOfKek } from './kek-uri';
import { MAX_PEER_KEY_ID_BYTES, PeerFormatError, shownKeyId } from './peer-format-error';
import { dataOf, entryOf, innerPayload, isOfProxy, KEY_ID_ENTRY, WRAPPED_KEY_ENTRY } from './peer-payload';
import type { TemporalProxySettings } from './temporal-proxy-options';

/** Payloads of one call with the same wrapped data key. */
interface Group {
  readonly candidate: Candidate;
  readonly members: { readonly payload: Payload; readonly index: number }[];
}

/** One call that has to ask key services. */
interface ColdCall {
  readonly origin: RequestOrigin;
  readonly request: DecodeRequest;
  readonly deadline: Deadline;
}

/** Why the other payloads of a call are not opened: it says nothing of them. */
const ABANDONED = new Error('Another payload of the call could not be opened.');

/** Text of a wrapped data key of the largest size. */
const MAX_WRAPPED_TEXT = 4 * Math.ceil(MAX_WRAPPED_KEY_BYTES / 3);
const BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;

/**
 * Opens payloads of temporal-proxy. Data keys are kept, asked for and guarded as those of envelopes are: one
 * request for all who wait for the same, a bounded number at once, and an end to requests of a caller whose
 * payloads open nothing.
 */
export class ProxyDecoder {
  readonly #settings: TemporalProxySettings;
  readonly #dataKeys: DataKeysByKeyring;
  readonly #windows: UnwrapWindows = new WeakMap();

  constructor(settings: TemporalProxySettings, dataKeys: DataKeysByKeyring) {
    this.#settings = settings;
    this.#dataKeys = dataKeys;
  }

  /** As `TemporalProxyCodec.decode`. */
  async decode(
    payloads: readonly Payload[],
    origin: RequestOrigin,
    request: DecodeRequest,
  ): Promise<Payload[]> {
    const { keyring } = this.#settings;
    const { decoding } = this.#dataKeys.of(keyring);
    const decoded = [...payloads];
    const groups = new Map<string, Group>();
    // All that can throw at once comes before the first request.
    for (const [index, payload] of payloads.entries()) {
      if (isOfProxy(payload)) addTo(groups, this.#candidateOf(payload), { payload, index });
    }
    const cold: Group[] = [];
    for (const group of groups.values()) {
      const dataKey = decoding.get(group.candidate);
      if (dataKey === undefined) cold.push(group);
      else await openAll(group, dataKey, decoded).catch(rethrowAs(group));
    }
    if (cold.length > 0) await this.#openByRequest(cold, decoded, origin, request);
    return decoded;
  }

  /** @throws PeerFormatError without asking anybody */
  #candidateOf(payload: Payload): Candidate {
    const entry = entryOf(payload, KEY_ID_ENTRY);
    const uri = Buffer.from(entry.subarray(0, MAX_PEER_KEY_ID_BYTES)).toString('utf8');
    const isLong = entry.length > MAX_PEER_KEY_ID_BYTES;
    const id = isLong ? undefined : this.#settings.ids.get(identityOfKek(uri));
    const kek = id === undefined ? undefined : this.#settings.keyring.findGuarded(id);
    if (kek === undefined) {
      throw new PeerFormatError('temporal-proxy', 'unknown-key', {
        keyId: shownKeyId(uri),
        nextStep:
          'No key service was asked. If the payload is yours, add the key under this URI to keys of the TemporalProxyCodec; the text must be the same.',
      });
    }
    const wrapped = entryOf(payload, WRAPPED_KEY_ENTRY);
    const text = wrapped.length > MAX_WRAPPED_TEXT ? '' : Buffer.from(wrapped).toString('latin1');
    const bytes = BASE64.test(text) ? new Uint8Array(Buffer.from(text, 'base64')) : new Uint8Array();
    const isCanonical = bytes.length > 0 && Buffer.from(bytes).toString('base64') === text;
    if (!isCanonical || bytes.length > MAX_WRAPPED_KEY_BYTES) {
      throw new PeerFormatError('temporal-proxy', 'damaged', { keyId: kek.key.id });
    }
    return { kek, wrapped: { keyId: kek.key.id, bytes } };
  }

  async #openByRequest(
    groups: readonly Group[],
    decoded: Payload[],
    origin: RequestOrigin,
    request: DecodeRequest,
  ): Promise<void> {
    const { guard } = this.#settings.keyring;
    const [first] = groups;
    if (first !== undefined && groups.length > guard.maxUnwrapsPerDecode) {
      throw first.candidate.kek.notAsked(
        first.candidate.wrapped.keyId,
        `the payloads of one call are under ${String(groups.length)} data keys that are not in memory, and requests.maxUnwrapsPerDecode is ${String(guard.maxUnwrapsPerDecode)}`,
      );
    }
    request.signal?.throwIfAborted();
    const deadline = new Deadline(guard.request.totalTimeoutMs, request.signal);
    const call: ColdCall = { origin, request, deadline };
    try {
      await Promise.all(groups.map((group) => this.#openGroup(group, decoded, call)));
    } catch (error) {
      deadline.abort(ABANDONED);
      throw error;
    } finally {
      deadline.end();
    }
  }

  async #openGroup(group: Group, decoded: Payload[], call: ColdCall): Promise<void> {
    const { kek, wrapped } = group.candidate;
    const { guard } = this.#settings.keyring;
    const window = windowOf(this.#windows, call.request, kek, guard.queue.atOnce);
    const refusal = (): Error =>
      kek.notAsked(wrapped.keyId, 'too many payloads of this request could not be opened');
    const work = async (): Promise<void> => {
      const { decoding } = this.#dataKeys.of(this.#settings.keyring);
      const dataKey = await this.#unwrap(group.candidate, call);
      try {
        await openAll(group, dataKey, decoded, () => {
          decoding.keep(group.candidate, dataKey);
        });
      } catch (error) {
        if (error instanceof DecryptionError) kek.noteUnopened(call.origin);
        throw error;
      }
    };
    await window.within(call.deadline, refusal, work).catch(rethrowAs(group));
  }

  /** @throws DecryptionError and KeyServiceError, which the window counts by */
  async #unwrap(candidate: Candidate, { origin, request, deadline }: ColdCall): Promise<KeyObject> {
    const { decoding } = this.#dataKeys.of(this.#settings.keyring);
    const { takeKeyRequest } = request;
    try {
      return await decoding.unwrap(candidate, { origin, signal: deadline.signal, takeKeyRequest });
    } catch (error) {
      const late = deadline.isPast ? new KeyServiceError(candidate.wrapped.keyId, 'timeout') : error;
      // While the service is away, what it unwrapped before serves on.
      const isAway = late instanceof KeyServiceError && late.retryable;
      const inMemory = isAway ? decoding.getStale(candidate) : undefined;
      if (inMemory !== undefined) return inMemory;
      throw late;
    }
  }
}

function addTo(
  groups: Map<string, Group>,
  candidate: Candidate,
  member: { readonly payload: Payload; readonly index: number },
): void {
  const { keyId, bytes } = candidate.wrapped;
  const name = `${keyId} ${Buffer.from(bytes).toString('latin1')}`;
  const group = groups.get(name);
  if (group === undefined) groups.set(name, { candidate, members: [member] });
  else group.members.push(member);
}

/**
 * @param onOpened called once a payload has opened under the data key
 * @throws DecryptionError where one does not open
 */
async function openAll(
  { members }: Group,
  dataKey: KeyObject,
  decoded: Payload[],
  onOpened?: () => void,
): Promise<void> {
  let isFirst = true;
  for (const { payload, index } of members) {
    while (isPauseDue()) await pause();
    const data = dataOf(payload);
    const plaintext = data && openAesGcm(dataKey, data);
    const inner = plaintext && innerPayload(plaintext);
    if (inner === undefined) throw new DecryptionError();
    if (isFirst) onOpened?.();
    isFirst = false;
    decoded[index] = inner;
  }
}

/** One outcome where the wrapped data key was refused, and where what it unwrapped to opens nothing. */
function rethrowAs({ candidate }: Group): (error: unknown) => never {
  return (error) => {
    const isRefused = error instanceof KeyServiceError && error.reason === 'rejected-ciphertext';
    if (!isRefused && !(error instanceof DecryptionError)) throw error;
    throw new PeerFormatError('temporal-proxy', 'damaged', { keyId: candidate.wrapped.keyId });
  };
}

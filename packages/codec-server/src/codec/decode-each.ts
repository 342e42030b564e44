import type { Payload } from '@temporalio/common';
import { unreadablePayload } from '@waxseal/core';
import { toRequestError } from '../http/to-request-error';

/** At most so many payloads are with the codecs at a time. */
const CONCURRENCY = 16;

/** Payloads, and how many of them could not be decoded. */
interface DecodedPayloads {
  readonly payloads: Payload[];
  readonly unreadableCount: number;
}

/**
 * Decodes payloads one by one, so that each that cannot be decoded fails alone.
 *
 * @param decode decodes payloads, all or none
 * @param mode what takes the place of such a payload
 * @param signal ends the work between two payloads, and after the last
 * @returns as many payloads, in the same order
 * @throws RequestError when the codec is closed; the signal's reason when it is aborted
 */
export async function decodeEach(
  decode: (payloads: Payload[]) => Promise<Payload[]>,
  payloads: readonly Payload[],
  mode: 'passthrough' | 'placeholder',
  signal: AbortSignal,
): Promise<DecodedPayloads> {
  const decoded: Payload[] = [...payloads];
  let unreadableCount = 0;
  const queue = payloads.entries();
  const work = async (): Promise<void> => {
    for (const [index, payload] of queue) {
      signal.throwIfAborted();
      try {
        const [one] = await decode([payload]);
        decoded[index] = one ?? payload;
      } catch (error) {
        const failure = toRequestError(error);
        if (failure.code === 'WAXSEAL_CODEC_CLOSED') throw failure;
        unreadableCount++;
        if (mode === 'placeholder') decoded[index] = unreadablePayload(failure);
      }
    }
  };
  await Promise.all(Array.from({ length: Math.min(CONCURRENCY, payloads.length) }, work));
  signal.throwIfAborted();
  return { payloads: decoded, unreadableCount };
}

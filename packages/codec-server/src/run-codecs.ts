import type { Payload, PayloadCodec, WorkflowSerializationContext } from '@temporalio/common';
import type { DecodeRequest } from '@waxseal/core';
import { type RequestedCodec, unreadablePayload, UNREADABLE_METADATA } from '@waxseal/core/internal';
import { toRequestError } from './codec-error';
import type { Operation } from './routing';

/**
 * Runs codecs as the TypeScript SDK does: from the first to the last to encode, from the last to the first to
 * decode.
 *
 * @param namespace told to the codecs as a serialization context with an empty (unknown) workflow ID; no
 *   context without it
 * @param request who asks, for codecs that know it; one object for all that is decoded for one request
 * @throws what a codec throws, and an Error when one returns another number of payloads than it was given
 */
export async function runCodecs(
  codecs: readonly PayloadCodec[],
  operation: Exclude<Operation, 'download'>,
  payloads: Payload[],
  namespace: string | undefined,
  request?: DecodeRequest,
): Promise<Payload[]> {
  const context: WorkflowSerializationContext | undefined =
    namespace === undefined ? undefined : { type: 'workflow', namespace, workflowId: '' };
  let current = payloads;
  for (const codec of operation === 'encode' ? codecs : codecs.toReversed()) {
    const run: RequestedCodec['decode'] = codec[operation].bind(codec);
    const next = await run(current, context, request);
    if (!Array.isArray(next) || next.length !== payloads.length) {
      throw new Error(`A codec's ${operation} did not return as many payloads as it was given.`);
    }
    current = next;
  }
  return current;
}

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
  signal: Pick<AbortSignal, 'throwIfAborted'>,
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

const TEXT = /^"\[unreadable: [A-Z_]+\] /;

/**
 * Whether a payload is a placeholder. The Web UI drops the metadata when it starts a workflow "like this
 * one", so the text is looked at too.
 */
export function isPlaceholder({ metadata, data }: Payload): boolean {
  if (metadata != null && Object.hasOwn(metadata, UNREADABLE_METADATA)) return true;
  return TEXT.test(Buffer.from((data ?? new Uint8Array()).subarray(0, 100)).toString('latin1'));
}

/**
 * What `/decode` answers when one of several payloads cannot be decoded:
 *
 * - `'fail'`: an error for the whole request;
 * - `'passthrough'`: that payload as it was sent, the others decoded;
 * - `'placeholder'`: in its place a JSON text that names the reason, the others decoded.
 */
export type OnPayloadError = (typeof ON_PAYLOAD_ERROR)[number];

export const ON_PAYLOAD_ERROR = ['fail', 'passthrough', 'placeholder'] as const;

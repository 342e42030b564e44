import type {
  Payload,
  PayloadCodec,
  SerializationContext,
  WorkflowSerializationContext,
} from '@temporalio/common';
import type { DecodeRequest } from '@waxseal/core';
import type { Operation } from '../routing/operation';

/** A codec that may know who wants payloads to be decoded. */
type RequestedCodec = (
  payloads: Payload[],
  context?: SerializationContext,
  request?: DecodeRequest,
) => Promise<Payload[]>;

/**
 * Runs codecs as the TypeScript SDK does: from the first to the last to encode, from the last to the first to decode.
 *
 * @param namespace told to the codecs as a serialization context with an empty (unknown) workflow ID; no context without it
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
    const run: RequestedCodec = codec[operation].bind(codec);
    const next = await run(current, context, request);
    if (!Array.isArray(next) || next.length !== payloads.length) {
      throw new Error(`A codec's ${operation} did not return as many payloads as it was given.`);
    }
    current = next;
  }
  return current;
}

import type { Payload } from '@temporalio/common';
import { isPlaceholder } from '../codec/is-placeholder';
import { runCodecs } from '../codec/run-codecs';
import type { CodecRequest } from './codec-request';
import { RequestError } from './request-error';

/** @throws RequestError for a placeholder, and what the codecs throw */
export async function encodePayloads(
  payloads: Payload[],
  { codecs, namespace, noteEnvelopes }: CodecRequest,
): Promise<Payload[]> {
  if (payloads.some(isPlaceholder)) {
    throw new RequestError(
      400,
      'PLACEHOLDER_NOT_ENCODED',
      'A payload is the text that stood for one that could not be decoded. Put the real value in its place.',
    );
  }
  const encoded = await runCodecs(codecs, 'encode', payloads, namespace);
  noteEnvelopes(encoded);
  return encoded;
}

import type { Payload } from '@temporalio/common';
import { readableRedaction } from '@waxseal/core';
import { decodeEach } from '../codec/decode-each';
import { runCodecs } from '../codec/run-codecs';
import type { ResolvedOptions } from '../options/resolved-options';
import { parseReference } from '../storage/parse-reference';
import { retrieveReferences } from '../storage/retrieve-references';
import type { CodecRequest } from './codec-request';
import { RequestError } from './request-error';
import { toRequestError } from './to-request-error';

/**
 * Decodes payloads, and those that they refer to in external storage: always for `/download`, and for `/decode` unless the
 * client asks for the references (`?preserveStorageRefs=true`).
 *
 * @throws RequestError, and what the codecs throw
 */
export async function decodePayloads(
  { externalStorage, onPayloadError, onError }: ResolvedOptions,
  payloads: Payload[],
  { endpoint, namespace, codecs, draft, noteEnvelopes, signal, context, decodeRequest }: CodecRequest,
): Promise<Payload[]> {
  const isDownload = endpoint === 'download';
  if (isDownload && payloads.some((payload) => parseReference(payload) === undefined)) {
    throw new RequestError(
      400,
      'NOT_A_REFERENCE',
      'A payload to download is no reference to external storage. POST it to /decode.',
    );
  }
  const keepsReferences = !isDownload && context.req.query('preserveStorageRefs')?.toLowerCase() === 'true';
  const decode = async (given: Payload[]): Promise<Payload[]> => {
    const inline =
      externalStorage === undefined || keepsReferences
        ? given
        : await retrieveReferences(given, externalStorage, { namespace, principal: draft.principal, signal });
    noteEnvelopes(inline);
    // For display: what a worker must not take for data may be read by a person.
    return (await runCodecs(codecs, 'decode', inline, namespace, decodeRequest)).map(readableRedaction);
  };
  try {
    return await decode(payloads);
  } catch (error) {
    if (onPayloadError === 'fail' || isDownload) throw error;
    const decoded = await decodeEach(decode, payloads, onPayloadError, signal);
    draft.unreadableCount = decoded.unreadableCount;
    const { code } = toRequestError(error);
    onError(error, { requestId: context.get('requestId'), status: 200, code });
    return decoded.payloads;
  }
}

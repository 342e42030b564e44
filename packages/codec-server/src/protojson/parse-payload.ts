import type { Payload } from '@temporalio/common';
import { decodeBase64 } from './base64';
import { isObject } from './is-object';
import { malformedRequest } from './malformed-request';
import { parseExternalPayloads } from './parse-external-payloads';

/**
 * Parses one payload in protojson. Missing and null fields are empty, as proto3 has it.
 *
 * @param where path of the value, for messages
 * @throws RequestError 400
 */
export function parsePayload(value: unknown, where: string): Payload {
  if (!isObject(value)) throw malformedRequest(where, 'must be an object');
  const data = value['data'] ?? '';
  // sdk-go's client writes the field in snake_case; protojson and the Web UI write it in camelCase.
  const external = value['externalPayloads'] ?? value['external_payloads'] ?? [];
  const externalPayloads = parseExternalPayloads(external, `${where}.externalPayloads`);
  return {
    metadata: parseMetadata(value['metadata'] ?? {}, `${where}.metadata`),
    data: decodeBase64(data, `${where}.data`),
    ...(externalPayloads.length === 0 ? {} : { externalPayloads }),
  };
}

function parseMetadata(value: unknown, where: string): Record<string, Uint8Array> {
  if (!isObject(value)) throw malformedRequest(where, 'must be an object of base64 strings');
  // fromEntries defines properties, so that a key named __proto__ stays a key.
  return Object.fromEntries(
    Object.entries(value).map(([key, text]) => [key, decodeBase64(text, `A value of ${where}`)]),
  );
}

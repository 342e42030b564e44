import type { Payload } from '@temporalio/common';
import { assertJsonSize } from './assert-json-size';
import { isObject } from './is-object';
import { malformedRequest } from './malformed-request';
import { parsePayload } from './parse-payload';

/** Largest number of payloads in one request. */
const MAX_PAYLOADS = 10_000;

const utf8 = new TextDecoder('utf-8', { fatal: true });

/**
 * Parses the body of a request, a `temporal.api.common.v1.Payloads` in protojson. `{}` and `{"payloads":null}` mean none;
 * unknown fields are ignored.
 *
 * @param body UTF-8
 * @throws RequestError 400
 */
export function parsePayloads(body: Buffer): Payload[] {
  assertJsonSize(body);
  const message = parseJson(body);
  if (!isObject(message)) throw malformedRequest('The body', 'must be a JSON object such as {"payloads":[]}');
  const list = message['payloads'] ?? [];
  if (!Array.isArray(list)) throw malformedRequest('payloads', 'must be an array');
  if (list.length > MAX_PAYLOADS) {
    throw malformedRequest('payloads', `must hold at most ${String(MAX_PAYLOADS)} payloads`);
  }
  return list.map((payload, index) => parsePayload(payload, `payloads[${String(index)}]`));
}

function parseJson(body: Buffer): unknown {
  try {
    return JSON.parse(utf8.decode(body));
  } catch {
    // The parser's own message quotes the text.
    throw malformedRequest('The body', 'is not valid JSON in UTF-8');
  }
}

import type { Payload } from '@temporalio/common';
import { RequestError } from '../http/request-error';
import { isObject } from '../protojson/is-object';
import type { StorageReference } from './storage-reference';

const MESSAGE_TYPE = 'temporal.api.sdk.v1.ExternalStorageReference';
const MAX_BYTES = 64 * 1024;

/**
 * Reads a reference to external storage, in the form of SDKs that write `json/protobuf`.
 *
 * @returns undefined when the payload is none
 * @throws RequestError 400 when it is not well-formed
 */
export function parseReference({ metadata, data }: Payload): StorageReference | undefined {
  const text = (bytes: Uint8Array | null | undefined) => Buffer.from(bytes ?? []).toString('utf8');
  if (text(metadata?.['encoding']) !== 'json/protobuf' || text(metadata?.['messageType']) !== MESSAGE_TYPE) {
    return undefined;
  }
  const reference = data != null && data.length <= MAX_BYTES ? parse(text(data)) : undefined;
  if (!isObject(reference)) throw malformed();
  const driverName = reference['driverName'] ?? reference['driver_name'];
  const claimData = reference['claimData'] ?? reference['claim_data'] ?? {};
  if (typeof driverName !== 'string' || driverName === '' || !isTexts(claimData)) throw malformed();
  return { driverName, claimData };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function isTexts(value: unknown): value is Record<string, string> {
  return isObject(value) && Object.values(value).every((entry) => typeof entry === 'string');
}

function malformed(): RequestError {
  return new RequestError(
    400,
    'MALFORMED_REFERENCE',
    'A payload is a reference to external storage that is not well-formed.',
  );
}

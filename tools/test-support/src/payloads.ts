import type { Payload } from '@temporalio/common';

/** A payload as the default converter makes one of a value. */
export function jsonPayload(value: unknown): Payload {
  return payloadOfJson(JSON.stringify(value));
}

/** A payload in `json/plain` that holds this text, whether it is JSON or not. */
export function payloadOfJson(text: string): Payload {
  return {
    metadata: { encoding: new Uint8Array(Buffer.from('json/plain')) },
    data: new Uint8Array(Buffer.from(text)),
  };
}

/** One payload in protojson. */
export interface PayloadJson {
  readonly metadata: Readonly<Record<string, string>>;
  readonly data: string;
}

/** A payload as it stands in the body of a request to a Codec Server. Fails when there is none. */
export function toProtojson(payload: Payload | undefined): PayloadJson {
  if (payload === undefined) throw new Error('There is no payload.');
  const base64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64');
  const metadata = Object.entries(payload.metadata ?? {}).map(([name, bytes]) => [name, base64(bytes)]);
  return {
    metadata: Object.fromEntries(metadata) as Record<string, string>,
    data: base64(payload.data ?? new Uint8Array()),
  };
}

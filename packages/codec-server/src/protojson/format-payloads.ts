import type { Payload } from '@temporalio/common';

/** One payload as protojson writes it: standard base64 with padding, no empty fields. */
interface PayloadJson {
  metadata?: Record<string, string>;
  data?: string;
  externalPayloads?: readonly { readonly sizeBytes: string }[];
}

/**
 * Writes payloads as a `temporal.api.common.v1.Payloads` in protojson, with no field that the message does not have: the
 * CLI's parser refuses unknown fields.
 */
export function formatPayloads(payloads: readonly Payload[]): string {
  return JSON.stringify({ payloads: payloads.map(formatPayload) });
}

function formatPayload(payload: Payload): PayloadJson {
  const json: PayloadJson = {};
  const metadata = Object.entries(payload.metadata ?? {});
  if (metadata.length > 0) {
    json.metadata = Object.fromEntries(metadata.map(([key, value]) => [key, toBase64(value)]));
  }
  if (payload.data != null && payload.data.length > 0) json.data = toBase64(payload.data);
  const external = payload.externalPayloads ?? [];
  if (external.length > 0) {
    json.externalPayloads = external.map(({ sizeBytes }) => ({ sizeBytes: (sizeBytes ?? 0).toString() }));
  }
  return json;
}

function toBase64(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64');
}

import { type VectorPayload, bytes, protobuf } from '@waxseal/test-support/vectors';

/**
 * A payload, and the plaintext that most encoders write for it: metadata in the given order, data, external
 * payloads.
 */
export interface WrittenPayload {
  readonly inner: VectorPayload;
  readonly plaintext: Buffer;
}

/** @param data absent means that the field is not written */
export function payloadOf(
  metadata: readonly (readonly [name: string, value: string | Uint8Array])[],
  data?: string | Uint8Array,
  sizes: readonly number[] = [],
): WrittenPayload {
  const raw = (value: string | Uint8Array): Buffer =>
    typeof value === 'string' ? bytes.text(value) : Buffer.from(value);
  return {
    inner: {
      metadata: Object.fromEntries(metadata.map(([name, value]) => [name, raw(value).toString('base64')])),
      data: raw(data ?? '').toString('base64'),
      ...(sizes.length > 0 && { externalPayloads: sizes.map((size) => ({ sizeBytes: String(size) })) }),
    },
    plaintext: bytes.join(
      ...metadata.map(([name, value]) => protobuf.metadataEntry(name, raw(value))),
      ...(data === undefined ? [] : [protobuf.data(raw(data))]),
      ...sizes.map((size) => protobuf.externalPayload(size)),
    ),
  };
}

import {
  type EnvelopeParts,
  type InvalidVector,
  type VectorReader,
  bytes,
  writeEnvelope,
} from '@waxseal/test-support/vectors';

import { scenario, type Scenario } from './scenario';

/** Codes of docs/spec/envelope.md §8, without their prefix. */
export type InvalidCode =
  | 'MALFORMED_ENVELOPE'
  | 'CONTEXT_MISMATCH'
  | 'UNKNOWN_KEY'
  | 'KEY_SERVICE'
  | 'DECRYPTION_FAILED'
  | 'UNENCRYPTED_PAYLOAD';

/** The one defect of an invalid vector; all the rest of it is right. */
export interface InvalidCase {
  readonly name: string;
  readonly description: string;
  readonly code: InvalidCode;
  /** A defect in the parts: the header that results is authenticated as it stands. */
  readonly change?: (parts: EnvelopeParts, scenario: Scenario) => Partial<EnvelopeParts>;
  /** A defect in the finished envelope. */
  readonly damage?: (envelope: Buffer, headerLength: number) => Uint8Array;
  /** A defect in the metadata. */
  readonly metadata?: (
    metadata: Readonly<Record<string, Uint8Array>>,
  ) => Readonly<Record<string, Uint8Array>>;
  /** IDs of the keys that the reader has. By default `orders/v1` and `break-glass`. */
  readonly readerKeyIds?: readonly string[];
  /** By default, a reader that knows namespace `default`. */
  readonly reader?: VectorReader;
}

const ASKED: ReadonlySet<InvalidCode> = new Set(['KEY_SERVICE', 'DECRYPTION_FAILED']);

/** Builds an invalid vector: a right envelope, `orders/v1` in namespace `default`, with one defect. */
export function invalidVector(definition: InvalidCase): InvalidVector {
  const made = scenario(definition.name);
  const parts = { ...made.parts, ...definition.change?.(made.parts, made) };
  const { envelope, header } = writeEnvelope(parts);
  const right = {
    encoding: bytes.text('binary/envelope'),
    'encryption-key-id': parts.wrappedKeys[0]?.keyId ?? bytes.text('orders/v1'),
  };
  const metadata = definition.metadata?.(right) ?? right;
  const data = definition.damage?.(envelope, header.length) ?? envelope;
  const keyIds = definition.readerKeyIds ?? ['orders/v1', 'break-glass'];
  return {
    description: definition.description,
    keys: Object.fromEntries(keyIds.map((id) => [id, made.localKey(id).toString('base64')])),
    reader: definition.reader ?? { namespace: 'default' },
    outer: {
      metadata: Object.fromEntries(
        Object.entries(metadata).map(([name, value]) => [name, Buffer.from(value).toString('base64')]),
      ),
      data: Buffer.from(data).toString('base64'),
    },
    expected: { code: `WAXSEAL_${definition.code}`, keyServiceAsked: ASKED.has(definition.code) },
  };
}

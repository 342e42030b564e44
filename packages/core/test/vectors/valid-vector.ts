import {
  type EnvelopeParts,
  type ValidVector,
  type VectorPayload,
  type VectorReader,
  bytes,
  writeContext,
  writeEnvelope,
} from '@waxseal/test-support/vectors';

import { scenario, type Scenario } from './scenario';

/** What makes one valid vector differ from the plainest one. */
export interface ValidCase {
  readonly name: string;
  readonly description: string;
  readonly inner: VectorPayload;
  readonly plaintext: Uint8Array;
  /** In the order of the header. By default, namespace `default`. */
  readonly context?: readonly (readonly [key: string, value: string])[];
  /** IDs of the keys that wrap; the first is the primary one. By default, `orders/v1`. */
  readonly keyIds?: readonly string[];
  /** IDs of the keys that the reader has. By default, all of {@link keyIds}. */
  readonly readerKeyIds?: readonly string[];
  /** By default, a reader that knows namespace `default`. */
  readonly reader?: VectorReader;
  /** The entries in an order that is not the header's, for a writer to sort. */
  readonly writerContext?: readonly (readonly [key: string, value: string])[];
  /** A last change to the parts. */
  readonly change?: (parts: EnvelopeParts, scenario: Scenario) => Partial<EnvelopeParts>;
  readonly externalPayloads?: VectorPayload['externalPayloads'];
}

/** Builds a valid vector. */
export function validVector(definition: ValidCase): ValidVector {
  const made = scenario(definition.name);
  const context = definition.context ?? [['namespace', 'default']];
  const keyIds = definition.keyIds ?? ['orders/v1'];
  const base: EnvelopeParts = {
    ...made.parts,
    context: writeContext(context),
    wrappedKeys: keyIds.map((keyId) => made.wrap(keyId)),
    plaintext: definition.plaintext,
  };
  const parts = { ...base, ...definition.change?.(base, made) };
  const { envelope, commitment, contentKey } = writeEnvelope(parts);
  const [primary] = parts.wrappedKeys;
  if (primary === undefined) throw new Error(`${definition.name} has no wrapped key`);
  return {
    description: definition.description,
    keys: Object.fromEntries(
      (definition.readerKeyIds ?? keyIds).map((id) => [id, base64(made.localKey(id))]),
    ),
    reader: definition.reader ?? { namespace: 'default' },
    outer: {
      metadata: {
        encoding: base64(bytes.text('binary/envelope')),
        'encryption-key-id': base64(primary.keyId),
      },
      data: base64(envelope),
      ...(definition.externalPayloads && { externalPayloads: definition.externalPayloads }),
    },
    ...(definition.writerContext && { writer: { context: definition.writerContext } }),
    expected: {
      header: {
        version: parts.version,
        suite: parts.suite,
        salt: base64(parts.salt),
        commitment: base64(commitment),
        context,
        wrappedKeys: parts.wrappedKeys.map((wrapped) => ({
          keyId: Buffer.from(wrapped.keyId).toString('utf8'),
          bytes: base64(wrapped.bytes),
        })),
      },
      dataKey: base64(parts.dataKey),
      contentKey: base64(contentKey),
      plaintext: base64(parts.plaintext),
      inner: definition.inner,
    },
  };
}

function base64(value: Uint8Array): string {
  return Buffer.from(value).toString('base64');
}

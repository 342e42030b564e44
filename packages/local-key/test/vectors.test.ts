import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import { describe, expect, it } from '@jest/globals';
import type { Payload, SerializationContext } from '@temporalio/common';
import { EnvelopeCodec, Keyring } from '@waxseal/core';
import { rejectionOf } from '@waxseal/test-support';

import { LocalKey } from '../src';

interface VectorPayload {
  readonly metadata: Readonly<Record<string, string>>;
  readonly data: string;
}

interface Vector {
  readonly keys: Readonly<Record<string, string>>;
  readonly reader: {
    readonly namespace?: string;
    readonly workflowId?: string;
    readonly namespaceAliases?: Readonly<Record<string, readonly string[]>>;
    readonly requireEncryption?: boolean;
  };
  readonly outer: VectorPayload;
  readonly expected: { readonly inner: VectorPayload; readonly code: string };
}

const VECTORS = join(__dirname, '..', '..', '..', 'docs', 'spec', 'vectors');

function read(folder: string): (readonly [string, Vector])[] {
  return readdirSync(join(VECTORS, folder)).map((file) => [
    file,
    JSON.parse(readFileSync(join(VECTORS, folder, file), 'utf8')) as Vector,
  ]);
}

function payloadOf({ metadata, data }: VectorPayload): Payload {
  return {
    metadata: Object.fromEntries(
      Object.entries(metadata).map(([name, value]) => [name, Buffer.from(value, 'base64')]),
    ),
    data: Buffer.from(data, 'base64'),
  };
}

/** Decodes as a user of the two packages does. */
async function decode({ keys, reader, outer }: Vector): Promise<Payload[]> {
  const { namespace = '', workflowId = '', namespaceAliases, requireEncryption } = reader;
  const decryptOnly = Object.entries(keys).map(
    ([id, key]) => new LocalKey({ id, key: Buffer.from(key, 'base64') }),
  );
  const codec = new EnvelopeCodec({
    keyring: new Keyring({ decryptOnly }),
    namespaceAliases,
    requireEncryption,
  });
  const context: SerializationContext | undefined =
    namespace || workflowId ? { type: 'workflow', namespace, workflowId } : undefined;
  try {
    return await codec.decode([payloadOf(outer)], context);
  } finally {
    codec.close();
  }
}

describe('with real local keys', () => {
  it.each(read('valid'))('valid vector %s opens', async (_file, vector) => {
    const [opened] = await decode(vector);
    const { metadata, data } = payloadOf(vector.expected.inner);
    expect(Buffer.from(opened?.data ?? [])).toEqual(data);
    expect(Object.keys(opened?.metadata ?? {}).sort()).toEqual(Object.keys(metadata ?? {}).sort());
    for (const [name, value] of Object.entries(metadata ?? {})) {
      expect(Buffer.from(opened?.metadata?.[name] ?? [])).toEqual(value);
    }
  });

  it.each(read('invalid'))('invalid vector %s is rejected', async (_file, vector) => {
    expect(await rejectionOf(() => decode(vector))).toMatchObject({ code: vector.expected.code });
  });
});

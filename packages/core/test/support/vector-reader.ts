import type { SerializationContext } from '@temporalio/common';
import type { Vector } from '@waxseal/test-support/vectors';

import { EnvelopeCodec, Keyring } from '../../src';
import { TestKey } from './test-key';

/** A codec as a vector describes its reader. */
export interface VectorReaderSetup {
  readonly codec: EnvelopeCodec;
  readonly keys: readonly TestKey[];
  readonly context: SerializationContext | undefined;
}

/**
 * Sets up the reader of a vector. An empty string is a workflow ID or a namespace that the reader does not
 * know.
 */
export function vectorReader({ keys, reader }: Vector): VectorReaderSetup {
  const testKeys = Object.entries(keys).map(([id, key]) => new TestKey(id, Buffer.from(key, 'base64')));
  const { namespace = '', workflowId = '', namespaceAliases, requireEncryption } = reader;
  return {
    codec: new EnvelopeCodec({
      keyring: new Keyring({ decryptOnly: testKeys }),
      namespaceAliases,
      requireEncryption,
    }),
    keys: testKeys,
    context: namespace || workflowId ? { type: 'workflow', namespace, workflowId } : undefined,
  };
}

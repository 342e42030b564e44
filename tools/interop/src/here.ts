import type { SerializationContext } from '@temporalio/common';
import { EnvelopeCodec, isWaxsealError, Keyring } from '@waxseal/core';
import type { KeyEncryptionKey } from '@waxseal/core/provider';
import { LocalKey } from '@waxseal/local-key';
import { payloadFromVector, vectorOfPayload, type VectorPayload } from '@waxseal/test-support/vectors';
import type { Outcome, Question } from './vector';

/** Decodes by this implementation. */
export async function decodeHere({ keys, reader, outer }: Question): Promise<Outcome> {
  let asked = false;
  const count = (key: LocalKey): KeyEncryptionKey => ({
    id: key.id,
    bindsAad: true,
    wrap: (...parameters) => key.wrap(...parameters),
    unwrap: (...parameters) => {
      asked = true;
      return key.unwrap(...parameters);
    },
  });
  const { namespace = '', workflowId = '', namespaceAliases, requireEncryption } = reader;
  const codec = new EnvelopeCodec({
    keyring: new Keyring({ decryptOnly: localKeys(keys).map(count) }),
    namespaceAliases,
    requireEncryption,
  });
  try {
    const [inner = {}] = await codec.decode([payloadFromVector(outer)], contextOf(namespace, workflowId));
    return { inner: vectorOfPayload(inner) };
  } catch (error) {
    if (!isWaxsealError(error)) throw error;
    return { code: error.code, keyServiceAsked: asked };
  } finally {
    codec.close();
  }
}

/** What is to be encoded, and how. */
export interface EncodeQuestion {
  readonly keys: Readonly<Record<string, string>>;
  /** Of the keys that wrap; the first is the primary one. */
  readonly keyIds: readonly [string, ...string[]];
  readonly namespace: string;
  readonly workflowId: string;
  readonly inner: VectorPayload;
}

/** Encodes by this implementation, bound to namespace and workflow where they are not empty. */
export async function encodeHere(question: EncodeQuestion): Promise<VectorPayload> {
  const { keys, keyIds, namespace, workflowId, inner } = question;
  const [primary, ...additional] = keyIds.map((id) => {
    const [key] = localKeys({ [id]: keys[id] ?? '' });
    if (key === undefined) throw new Error(`There is no key ${id}.`);
    return key;
  });
  const codec = new EnvelopeCodec({ keyring: new Keyring({ primary, additional }), binding: 'workflow' });
  try {
    const [outer = {}] = await codec.encode([payloadFromVector(inner)], contextOf(namespace, workflowId));
    return vectorOfPayload(outer);
  } finally {
    codec.close();
  }
}

function localKeys(keys: Question['keys']): LocalKey[] {
  return Object.entries(keys).map(([id, key]) => new LocalKey({ id, key: Buffer.from(key, 'base64') }));
}

function contextOf(namespace: string, workflowId: string): SerializationContext | undefined {
  return namespace || workflowId ? { type: 'workflow', namespace, workflowId } : undefined;
}

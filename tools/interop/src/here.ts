import type { Payload, SerializationContext } from '@temporalio/common';
import { temporal } from '@temporalio/proto';
import { EnvelopeCodec, isWaxsealError, Keyring } from '@waxseal/core';
import type { KeyEncryptionKey } from '@waxseal/core/provider';
import { LocalKey } from '@waxseal/local-key';
import type { JsonPayload, Outcome, Question } from './vector';

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
    const [inner = {}] = await codec.decode([fromJson(outer)], contextOf(namespace, workflowId));
    return { inner: toJson(inner) };
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
  readonly inner: JsonPayload;
}

/** Encodes by this implementation, bound to namespace and workflow where they are not empty. */
export async function encodeHere(question: EncodeQuestion): Promise<JsonPayload> {
  const { keys, keyIds, namespace, workflowId, inner } = question;
  const [primary, ...additional] = keyIds.map((id) => {
    const [key] = localKeys({ [id]: keys[id] ?? '' });
    if (key === undefined) throw new Error(`There is no key ${id}.`);
    return key;
  });
  const codec = new EnvelopeCodec({ keyring: new Keyring({ primary, additional }), binding: 'workflow' });
  try {
    const [outer = {}] = await codec.encode([fromJson(inner)], contextOf(namespace, workflowId));
    return toJson(outer);
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

function fromJson({ metadata, data, externalPayloads }: JsonPayload): Payload {
  const raw = (base64: string): Uint8Array => new Uint8Array(Buffer.from(base64, 'base64'));
  return {
    metadata: Object.fromEntries(Object.entries(metadata).map(([name, value]) => [name, raw(value)])),
    data: raw(data),
    ...(externalPayloads && {
      externalPayloads: temporal.api.common.v1.Payload.fromObject({ externalPayloads }).externalPayloads,
    }),
  };
}

function toJson({ metadata, data, externalPayloads }: Payload): JsonPayload {
  const base64 = (value: Uint8Array): string => Buffer.from(value).toString('base64');
  const sizes = (externalPayloads ?? []).map(({ sizeBytes }) => ({ sizeBytes: String(sizeBytes ?? 0) }));
  const entries = Object.entries(metadata ?? {}).sort(([a], [b]) => (a < b ? -1 : 1));
  return {
    metadata: Object.fromEntries(entries.map(([name, value]) => [name, base64(value)])),
    data: base64(data ?? new Uint8Array()),
    ...(sizes.length > 0 && { externalPayloads: sizes }),
  };
}

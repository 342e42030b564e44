import {
  ENVELOPE_ENCODING,
  isKeyId,
  isWaxsealError,
  KEY_ID_METADATA,
  parseEnvelope,
  primaryKeyIdOf,
} from '@waxseal/core';
import type { EnvelopeDescription, PayloadDescription } from './payload-description';

// Stands in for the first key ID where only the data was given. No key has it as its ID: it is not shown.
const NOT_GIVEN = 'waxseal-inspect:key-id-not-given';

/**
 * Describes a payload by what is in clear. Never shows data of a payload that is not an envelope.
 *
 * @param metadata undefined where only the data of an envelope is at hand
 */
export function describePayload({
  metadata,
  data,
}: {
  readonly metadata: ReadonlyMap<string, Uint8Array> | undefined;
  readonly data: Uint8Array;
}): PayloadDescription {
  const encoding = textOf(metadata?.get('encoding'));
  const named = textOf(metadata?.get(KEY_ID_METADATA));
  const base = {
    ...(encoding === undefined ? {} : { encoding }),
    ...(named !== undefined && isKeyId(named) ? { keyId: named } : {}),
    dataBytes: data.length,
  };
  if (metadata !== undefined && encoding !== ENVELOPE_ENCODING) return base;
  try {
    const keyId =
      metadata === undefined ? NOT_GIVEN : primaryKeyIdOf({ metadata: Object.fromEntries(metadata) }).keyId;
    return { ...base, envelope: describeEnvelope(keyId, data) };
  } catch (error) {
    if (!isWaxsealError(error)) throw error;
    return { ...base, defect: error.message };
  }
}

function describeEnvelope(keyId: string, data: Uint8Array): EnvelopeDescription {
  const envelope = parseEnvelope(keyId, data);
  return {
    version: envelope.version,
    suite: envelope.suite,
    wrappedKeys: envelope.wrappedKeys.map((wrapped) => ({
      ...(wrapped.keyId === NOT_GIVEN ? {} : { keyId: wrapped.keyId }),
      bytes: wrapped.bytes.length,
    })),
    context: Object.fromEntries(envelope.context),
    headerBytes: envelope.header.length,
    ciphertextBytes: envelope.ciphertext.length,
  };
}

function textOf(bytes: Uint8Array | undefined): string | undefined {
  return bytes === undefined ? undefined : Buffer.from(bytes).toString('utf8');
}

import { ENVELOPE_ENCODING, isWaxsealError, parseEnvelope, primaryKeyIdOf } from '@waxseal/core';
import type { EnvelopeDescription, PayloadDescription } from './payload-description';
import type { InputPayload } from './read-payloads';

// Stands in for the first key ID where only the data was given. No key has it as its ID: it is not printed.
const NOT_GIVEN = 'waxseal-inspect:key-id-not-given';

/** Describes a payload by what is in clear. Never shows data of a payload that is not an envelope. */
export function describePayload({ metadata, data }: InputPayload): PayloadDescription {
  const encoding = metadata?.get('encoding')?.toString();
  const base = { ...(encoding === undefined ? {} : { encoding }), dataBytes: data.length };
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

function describeEnvelope(keyId: string, data: Buffer): EnvelopeDescription {
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

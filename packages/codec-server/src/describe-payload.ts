import { isWaxsealError } from '@waxseal/core';
import { isKeyId } from '@waxseal/core/provider';
import { ENVELOPE_ENCODING, KEY_ID_METADATA, parseEnvelope, primaryKeyIdOf } from '@waxseal/core/internal';

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

/** What a payload says of itself in clear. Nothing in it is verified. */
export interface PayloadDescription {
  /** The payload's encoding; undefined when only its data was given. */
  readonly encoding?: string;
  /** ID of the key that it names in its metadata, whatever its encoding. */
  readonly keyId?: string;
  /** Size of the payload's data. */
  readonly dataBytes: number;
  /** The envelope, when the payload is one. */
  readonly envelope?: EnvelopeDescription;
  /** What is wrong with the envelope. */
  readonly defect?: string;
}

/** The readable part of an envelope. */
export interface EnvelopeDescription {
  readonly version: number;
  readonly suite: number;
  /** The first belongs to `encryption-key-id`; its ID is undefined when only the data was given. */
  readonly wrappedKeys: readonly { readonly keyId?: string; readonly bytes: number }[];
  readonly context: Readonly<Record<string, string>>;
  readonly headerBytes: number;
  readonly ciphertextBytes: number;
}

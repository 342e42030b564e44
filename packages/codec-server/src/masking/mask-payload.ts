import { isUtf8 } from 'node:buffer';
import type { Payload } from '@temporalio/common';
import { UNREADABLE_METADATA, asBuffer } from '@waxseal/core/internal';
import { Unmaskable } from './hidden-payload';
import { maskJson, type CompiledMask, type MaskableEncoding } from './mask-json';
import type { MaskingBudget, Steps } from './steps';

const MESSAGE_TYPE = /^[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*$/;
const MAX_MESSAGE_TYPE_BYTES = 255;
const ERROR_CODE = /^[A-Z][A-Z_]{0,63}$/;
const EXTERNAL_REFERENCE = 'temporal.api.sdk.v1.ExternalStorageReference';

/**
 * Masks one decoded payload. Of its metadata only the encoding and the message type remain.
 *
 * @throws Unmaskable
 */
export function* maskPayload(
  payload: Payload,
  masks: readonly CompiledMask[],
  budget: MaskingBudget,
): Steps<Payload> {
  const encoding = textOf(metadataOf(payload, 'encoding'));
  const unreadable = metadataOf(payload, UNREADABLE_METADATA);
  if (unreadable !== undefined) return unreadablePayload(textOf(unreadable));
  if (payload.externalPayloads?.length) throw new Unmaskable('external');
  if (encoding === 'binary/null') return nullPayload(payload);
  if (encoding !== 'json/plain' && encoding !== 'json/protobuf') throw new Unmaskable('encoding');
  const messageType = encoding === 'json/protobuf' ? metadataOf(payload, 'messageType') : undefined;
  if (messageType !== undefined) assertMessageType(textOf(messageType));
  return {
    metadata: {
      encoding: Buffer.from(encoding, 'ascii'),
      ...(messageType && { messageType: Buffer.from(messageType) }),
    },
    data: yield* maskData(payload.data ?? new Uint8Array(), encoding, masks, budget),
  };
}

function* maskData(
  data: Uint8Array,
  encoding: MaskableEncoding,
  masks: readonly CompiledMask[],
  budget: MaskingBudget,
): Steps<Uint8Array> {
  if (!isUtf8(data)) throw new Unmaskable('malformed');
  const text = asBuffer(data).toString('utf8');
  return Buffer.from(yield* maskJson(text, encoding, masks, budget), 'utf8');
}

/** The placeholder for what could not be opened, without its message, which a payload could have made up. */
function unreadablePayload(code: string): Payload {
  if (!ERROR_CODE.test(code)) throw new Unmaskable('malformed');
  return {
    metadata: {
      encoding: Buffer.from('json/plain', 'ascii'),
      [UNREADABLE_METADATA]: Buffer.from(code, 'ascii'),
    },
    data: Buffer.from(JSON.stringify(`[unreadable: ${code}]`), 'ascii'),
  };
}

function nullPayload({ data }: Payload): Payload {
  if (data?.length) throw new Unmaskable('malformed');
  return { metadata: { encoding: Buffer.from('binary/null', 'ascii') }, data: new Uint8Array() };
}

/** @throws Unmaskable also for a reference to external storage: what it refers to cannot be masked here */
function assertMessageType(name: string): void {
  if (name === EXTERNAL_REFERENCE) throw new Unmaskable('external');
  if (name.length > MAX_MESSAGE_TYPE_BYTES || !MESSAGE_TYPE.test(name)) throw new Unmaskable('malformed');
}

/** An entry that the payload itself has, not one that objects inherit. */
function metadataOf({ metadata }: Payload, name: string): Uint8Array | undefined {
  return metadata != null && Object.hasOwn(metadata, name) ? metadata[name] : undefined;
}

/** Each byte as a character, so that no byte is taken for another. */
function textOf(bytes: Uint8Array | undefined): string {
  return bytes === undefined ? '' : asBuffer(bytes).toString('latin1');
}

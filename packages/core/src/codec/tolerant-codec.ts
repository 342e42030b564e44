import { inspect } from 'node:util';

import type { Payload, PayloadCodec, SerializationContext } from '@temporalio/common';

import { isWaxsealError } from '../errors/is-waxseal-error';
import type { DecodeRequest } from './decode-request';
import type { PrintableCodec } from './printable-codec';
import { unreadablePayload } from './unreadable-payload';

/**
 * An `EnvelopeCodec` for clients that list and describe workflows. There one memo that cannot be opened (its key is retired, the
 * key service is away) would fail the whole listing; here it becomes a text that names the reason.
 *
 * Not for a Worker: workflows would take the text for their data. The plugin refuses it there.
 */
export class TolerantCodec implements PayloadCodec {
  readonly #codec: PrintableCodec;

  constructor(codec: PrintableCodec) {
    this.#codec = codec;
  }

  /** The codec that opens and seals. */
  get codec(): PrintableCodec {
    return this.#codec;
  }

  /** As `EnvelopeCodec.encode`: it never sends plaintext, and so it rejects where that does. */
  encode(payloads: Payload[], context?: SerializationContext): Promise<Payload[]> {
    return this.#codec.encode(payloads, context);
  }

  /** @returns as many payloads, in the same order; a text in the place of each that cannot be opened */
  decode(
    payloads: Payload[],
    context?: SerializationContext,
    request: DecodeRequest = {},
  ): Promise<Payload[]> {
    // With one request for all, so that they are counted together.
    return Promise.all(payloads.map((payload) => this.#decodeOne(payload, context, request)));
  }

  async #decodeOne(
    payload: Payload,
    context: SerializationContext | undefined,
    request: DecodeRequest,
  ): Promise<Payload> {
    try {
      const [decoded] = await this.#codec.decode([payload], context, request);
      return decoded ?? payload;
    } catch (error) {
      if (!isWaxsealError(error)) throw error;
      return unreadablePayload(error);
    }
  }

  /** Key IDs and settings only. */
  toJSON(): object {
    return { tolerant: this.#codec.toJSON() };
  }

  [inspect.custom](): string {
    return `TolerantCodec ${inspect(this.toJSON())}`;
  }
}

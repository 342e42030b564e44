import { inspect } from 'node:util';
import type { Payload, PayloadCodec, SerializationContext } from '@temporalio/common';
import { isWaxsealError } from '../base/errors';
import { type DecodeRequest, decodeRequestOf } from './codec-options';

/**
 * An `EnvelopeCodec` as replay needs it: it opens payloads, and asks no key service to wrap.
 *
 * A replay worker encodes each completion and then discards it, so `encode` gives an empty payload for each:
 * nothing in clear, and nothing that could be mistaken for a result. The context that the SDK gives during
 * replay is made up (namespace `default`, workflow `fake`), so `decode` does not compare it.
 */
export class ReplayCodec implements PayloadCodec {
  readonly #codec: PrintableCodec;

  constructor(codec: PrintableCodec) {
    this.#codec = codec;
  }

  /** The codec that opens. */
  get codec(): PrintableCodec {
    return this.#codec;
  }

  /** @returns as many empty payloads, for completions that are discarded */
  // eslint-disable-next-line @typescript-eslint/require-await
  async encode(payloads: Payload[]): Promise<Payload[]> {
    return payloads.map(() => ({ metadata: { encoding: Buffer.from('binary/null', 'ascii') } }));
  }

  /** As `EnvelopeCodec.decode` does, without a context. */
  async decode(
    payloads: Payload[],
    _context?: SerializationContext,
    request?: DecodeRequest,
  ): Promise<Payload[]> {
    return this.#codec.decode(payloads, undefined, request);
  }

  /** Key IDs and settings only. */
  toJSON(): object {
    return { replay: this.#codec.toJSON() };
  }

  [inspect.custom](): string {
    return `ReplayCodec ${inspect(this.toJSON())}`;
  }
}

/**
 * An `EnvelopeCodec` for clients that list and describe workflows. There one memo that cannot be opened (its
 * key is retired, the key service is away) would fail the whole listing; here it becomes a text that names
 * the reason.
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
  decode(payloads: Payload[], context?: SerializationContext, given?: DecodeRequest): Promise<Payload[]> {
    // One for all, so that they are counted together.
    const request = decodeRequestOf(given);
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

/** Metadata entry by which a program tells a placeholder from data: the code of the error. */
export const UNREADABLE_METADATA = 'waxseal-unreadable';

/**
 * What stands for a payload that could not be opened: a JSON text that says why, and the code in the
 * metadata.
 *
 * @param error what is told of it
 */
export function unreadablePayload({
  code,
  message,
}: {
  readonly code: string;
  readonly message: string;
}): Payload {
  return {
    metadata: {
      encoding: Buffer.from('json/plain', 'ascii'),
      [UNREADABLE_METADATA]: Buffer.from(code, 'ascii'),
    },
    data: Buffer.from(JSON.stringify(`[unreadable: ${code}] ${message}`), 'utf8'),
  };
}

/** A codec that may know who wants payloads to be decoded. */
export interface RequestedCodec extends PayloadCodec {
  decode(payloads: Payload[], context?: SerializationContext, request?: DecodeRequest): Promise<Payload[]>;
}

/** A codec that shows its settings, and nothing secret, when it is printed. */
interface PrintableCodec extends RequestedCodec {
  toJSON(): object;
}

import { inspect } from 'node:util';

import type { Payload, PayloadCodec, SerializationContext } from '@temporalio/common';

import type { DecodeRequest } from './decode-request';
import type { PrintableCodec } from './printable-codec';

/**
 * An `EnvelopeCodec` as replay needs it: it opens payloads, and asks no key service to wrap.
 *
 * A replay worker encodes each completion and then discards it, so `encode` gives an empty payload for each: nothing in
 * clear, and nothing that could be mistaken for a result. The context that the SDK gives during replay is made up
 * (namespace `default`, workflow `fake`), so `decode` does not compare it.
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

  /** @returns as many empty payloads, for completions that nobody reads */
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

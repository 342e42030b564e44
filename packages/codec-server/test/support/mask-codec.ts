import type { Payload, PayloadCodec, SerializationContext } from '@temporalio/common';
import { temporal } from '@temporalio/proto';

const { Payload: PayloadMessage } = temporal.api.common.v1;
const ENCODING = Buffer.from('binary/mask');

/**
 * A codec for tests: the whole payload with every bit flipped. Unknown encodings pass through. Remembers the
 * contexts.
 */
export class MaskCodec implements PayloadCodec {
  readonly contexts: (SerializationContext | undefined)[] = [];

  encode(payloads: Payload[], context?: SerializationContext): Promise<Payload[]> {
    this.contexts.push(context);
    return Promise.resolve(
      payloads.map((payload) => ({
        metadata: { encoding: ENCODING },
        data: flip(PayloadMessage.encode(payload).finish()),
      })),
    );
  }

  decode(payloads: Payload[], context?: SerializationContext): Promise<Payload[]> {
    this.contexts.push(context);
    return Promise.resolve(
      payloads.map((payload) =>
        ENCODING.equals(payload.metadata?.['encoding'] ?? Buffer.alloc(0))
          ? PayloadMessage.decode(flip(payload.data ?? new Uint8Array()))
          : payload,
      ),
    );
  }
}

function flip(bytes: Uint8Array): Uint8Array {
  return bytes.map((byte) => byte ^ 0xff);
}

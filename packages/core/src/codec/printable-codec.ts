import type { Payload, PayloadCodec, SerializationContext } from '@temporalio/common';

import type { DecodeRequest } from './decode-request';

/** A codec that shows its settings, and nothing secret, when it is printed. */
export interface PrintableCodec extends PayloadCodec {
  decode(payloads: Payload[], context?: SerializationContext, request?: DecodeRequest): Promise<Payload[]>;
  toJSON(): object;
}

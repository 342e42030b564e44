import type { PayloadCodec } from '@temporalio/common';

/** A codec that shows its settings, and nothing secret, when it is printed. */
export interface PrintableCodec extends PayloadCodec {
  toJSON(): object;
}

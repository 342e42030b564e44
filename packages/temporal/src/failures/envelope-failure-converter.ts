import {
  DefaultFailureConverter,
  type PayloadConverter,
  type ProtoFailure,
  type SerializationContext,
} from '@temporalio/common';

import { protectFailure } from './protect-failure';

/**
 * A failure converter that leaves nothing of an error in clear but its type and the shape of its cause chain: message
 * and stack of every failure in the chain go into `encodedAttributes`, as the SDK's `encodeCommonAttributes` does, and
 * with the details they are marked, so that the codec puts a redacted failure in their place when it cannot encrypt.
 */
export class EnvelopeFailureConverter extends DefaultFailureConverter {
  constructor() {
    super({ encodeCommonAttributes: true });
  }

  override errorToFailure(
    error: unknown,
    payloadConverter: PayloadConverter,
    context?: SerializationContext,
  ): ProtoFailure {
    return protectFailure(this.errorToFailureInner(error, payloadConverter, context), (attributes) =>
      payloadConverter.toPayload(attributes, context),
    );
  }
}

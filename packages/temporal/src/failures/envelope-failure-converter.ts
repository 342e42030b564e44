import {
  DefaultFailureConverter,
  type PayloadConverter,
  type ProtoFailure,
  type SerializationContext,
} from '@temporalio/common';

import { attributesToPayload } from './attributes-to-payload';
import { bareFailure } from './bare-failure';
import { protectFailure } from './protect-failure';
import { readableFailure } from './readable-failure';

/**
 * A failure converter that leaves nothing of an error in clear but its type and the shape of its cause chain: message
 * and stack of every failure in the chain go into `encodedAttributes`, as the SDK's `encodeCommonAttributes` does, and
 * with the details they are marked, so that the codec puts a redacted failure in their place when it cannot encrypt.
 *
 * It does not throw: the SDK converts an error where nothing catches another, and a throw there ends the Worker. An error
 * that cannot be converted (causes in a ring, details that the payload converter refuses) loses its causes and details.
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
    const toPayload = attributesToPayload(payloadConverter, context);
    try {
      return protectFailure(this.errorToFailureInner(error, payloadConverter, context), toPayload);
    } catch {
      return protectFailure(bareFailure(error), toPayload);
    }
  }

  /** As the SDK's, also where a part of the failure was redacted: it reads as a text that says so. */
  override failureToError(
    failure: ProtoFailure,
    payloadConverter: PayloadConverter,
    context?: SerializationContext,
  ): Error {
    return super.failureToError(readableFailure(failure), payloadConverter, context);
  }

  /** Converts a cause without protecting it: {@link errorToFailure} protects the whole chain at once. */
  override optionalErrorToOptionalFailure(
    error: unknown,
    payloadConverter: PayloadConverter,
    context?: SerializationContext,
  ): ProtoFailure | undefined {
    return error ? this.errorToFailureInner(error, payloadConverter, context) : undefined;
  }
}

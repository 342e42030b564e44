import {
  DefaultFailureConverter,
  type PayloadConverter,
  type ProtoFailure,
  type SerializationContext,
  defaultPayloadConverter,
  type DefaultEncodedFailureAttributes,
  type Payload,
  ApplicationFailure,
} from '@temporalio/common';
import { markFailurePayload, readableRedaction } from '@waxseal/core/failure-payload';

/**
 * A failure converter that leaves nothing of an error in clear but its type and the shape of its cause chain:
 * message and stack of every failure in the chain go into `encodedAttributes`, as the SDK's
 * `encodeCommonAttributes` does, and with the details they are marked, so that the codec puts a redacted
 * failure in their place when it cannot encrypt.
 *
 * It does not throw: the SDK converts an error where nothing catches another, and a throw there ends the
 * Worker. An error that cannot be converted (causes in a ring, details that the payload converter refuses)
 * loses its causes and details.
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

/**
 * The module to name as `failureConverterPath`: `require.resolve('@waxseal/temporal/failure-converter')`. It
 * is loaded in the workflow sandbox too, so it imports nothing of Node.
 */
export const failureConverter = new EnvelopeFailureConverter();

/**
 * How message and stack become a payload: by the user's payload converter, or by the SDK's own where that
 * fails.
 */
export function attributesToPayload(
  payloadConverter: PayloadConverter,
  context: SerializationContext | undefined,
): (attributes: DefaultEncodedFailureAttributes) => Payload {
  return (attributes) => {
    try {
      const payload = payloadConverter.toPayload(attributes, context) as Payload | undefined;
      if (payload !== undefined) return payload;
    } catch {
      // A converter that knows the application's own types only.
    }
    return defaultPayloadConverter.toPayload(attributes);
  };
}

/**
 * What can always be said of an error: message, stack, type and whether it may be retried. No causes, no
 * details.
 */
export function bareFailure(error: unknown): ProtoFailure {
  if (!(error instanceof Error)) {
    return {
      message: 'A value that is no error was thrown',
      source: 'TypeScriptSDK',
      applicationFailureInfo: {},
    };
  }
  const { type, nonRetryable } =
    error instanceof ApplicationFailure ? error : { type: error.name, nonRetryable: undefined };
  return {
    message: error.message,
    stackTrace: error.stack ?? '',
    source: 'TypeScriptSDK',
    applicationFailureInfo: { type: type ?? 'Error', nonRetryable: nonRetryable ?? false },
  };
}

/** What all SDKs put in the place of a message that is in `encodedAttributes`. */
const ENCODED_MESSAGE = 'Encoded failure';

type Payloads = NonNullable<NonNullable<ProtoFailure['applicationFailureInfo']>['details']>;

/**
 * A copy of `failure` with message and stack moved into `encodedAttributes`, at every level of the cause
 * chain, and with all its payloads marked as parts of a failure.
 *
 * The whole chain is walked, because a failure that passed through this process carries causes with the text
 * that was restored when they were decoded.
 *
 * @param toPayload serializes message and stack
 */
export function protectFailure(
  failure: ProtoFailure,
  toPayload: (attributes: DefaultEncodedFailureAttributes) => Payload,
): ProtoFailure {
  const isEncoded = failure.encodedAttributes && failure.message === ENCODED_MESSAGE && !failure.stackTrace;
  const attributes =
    isEncoded && failure.encodedAttributes
      ? failure.encodedAttributes
      : toPayload({ message: failure.message ?? '', stack_trace: failure.stackTrace ?? '' });
  const copy: ProtoFailure = {
    ...withDetails(failure, (payload) => markFailurePayload(payload, 'details')),
    message: ENCODED_MESSAGE,
    stackTrace: '',
    encodedAttributes: markFailurePayload(attributes, 'attributes'),
  };
  if (failure.cause) copy.cause = protectFailure(failure.cause, toPayload);
  return copy;
}

/**
 * A copy of `failure` in which redacted parts (docs/spec/envelope.md §2.1) are payloads that every payload
 * converter reads. Its causes are left as they are: each is converted by itself.
 */
export function readableFailure(failure: ProtoFailure): ProtoFailure {
  const copy = withDetails(failure, readableRedaction);
  if (failure.encodedAttributes) copy.encodedAttributes = readableRedaction(failure.encodedAttributes);
  return copy;
}

/**
 * A copy of `failure` with each payload of its details, whichever kind of failure it is, in the place of what
 * it was.
 */
function withDetails(failure: ProtoFailure, map: (payload: Payload) => Payload): ProtoFailure {
  const all = ({ payloads }: Payloads): Payloads => ({
    payloads: payloads?.map((payload) => map(payload)) ?? [],
  });
  const { applicationFailureInfo, canceledFailureInfo, timeoutFailureInfo, resetWorkflowFailureInfo } =
    failure;
  const copy: ProtoFailure = { ...failure };
  if (applicationFailureInfo?.details) {
    copy.applicationFailureInfo = { ...applicationFailureInfo, details: all(applicationFailureInfo.details) };
  }
  if (canceledFailureInfo?.details) {
    copy.canceledFailureInfo = { ...canceledFailureInfo, details: all(canceledFailureInfo.details) };
  }
  if (timeoutFailureInfo?.lastHeartbeatDetails) {
    const lastHeartbeatDetails = all(timeoutFailureInfo.lastHeartbeatDetails);
    copy.timeoutFailureInfo = { ...timeoutFailureInfo, lastHeartbeatDetails };
  }
  if (resetWorkflowFailureInfo?.lastHeartbeatDetails) {
    const lastHeartbeatDetails = all(resetWorkflowFailureInfo.lastHeartbeatDetails);
    copy.resetWorkflowFailureInfo = { ...resetWorkflowFailureInfo, lastHeartbeatDetails };
  }
  return copy;
}

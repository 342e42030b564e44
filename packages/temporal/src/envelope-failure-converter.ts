import {
  DefaultFailureConverter,
  type PayloadConverter,
  type ProtoFailure,
  type SerializationContext,
  type DefaultEncodedFailureAttributes,
  type DefaultFailureConverterOptions,
  type Payload,
  ApplicationFailure,
} from '@temporalio/common';
import { markFailurePayload, readableRedaction } from '@waxseal/core/failure-payload';
import { PayloadFallback } from './payload-fallback';

/**
 * Tells a file, and the bundle of workflows, that holds this module: a text which bundlers leave as it is.
 */
export const ENVELOPE_CONVERTER = 'waxseal:envelope-failure-converter';

/**
 * A failure converter that leaves nothing of an error in clear but its type and the shape of its cause chain:
 * message and stack of every failure in the chain go into `encodedAttributes`, as the SDK's
 * `encodeCommonAttributes` does, and with the details they are marked, so that the codec puts a redacted
 * failure in their place when it cannot encrypt.
 *
 * It does not throw: the SDK converts an error where nothing catches another, and a throw there ends the
 * Worker. An error that cannot be converted (causes in a ring, details that the payload converter refuses)
 * loses its causes and details.
 *
 * It reads every failure that a worker writes, in any language and with any payload converter: what the
 * application's payload converter does not know is left to the SDK's own.
 */
export class EnvelopeFailureConverter extends DefaultFailureConverter {
  /** What tells it in a bundle. */
  readonly mark: string;

  /**
   * @param options `encodeCommonAttributes: false` leaves message and stack in clear, where the SDK's own
   *   converter has them
   */
  constructor(options: Partial<DefaultFailureConverterOptions> & { readonly mark?: string } = {}) {
    super({ encodeCommonAttributes: options.encodeCommonAttributes ?? true });
    this.mark = options.mark ?? ENVELOPE_CONVERTER;
  }

  override errorToFailure(
    error: unknown,
    payloadConverter: PayloadConverter,
    context?: SerializationContext,
  ): ProtoFailure {
    const converter = PayloadFallback.of(payloadConverter);
    const finish = (failure: ProtoFailure): ProtoFailure =>
      this.options.encodeCommonAttributes
        ? protectFailure(failure, (attributes) => converter.attributesToPayload(attributes, context))
        : revealFailure(failure, (payload) => converter.attributesOf(payload, context));
    try {
      return finish(this.errorToFailureInner(error, converter, context));
    } catch {
      return finish(bareFailure(error));
    }
  }

  /** As the SDK's, also where a part of the failure was redacted: it reads as a text that says so. */
  override failureToError(
    failure: ProtoFailure,
    payloadConverter: PayloadConverter,
    context?: SerializationContext,
  ): Error {
    const converter = PayloadFallback.of(payloadConverter);
    const read = (payload: Payload) => converter.attributesOf(payload, context);
    return super.failureToError(revealed(readableFailure(failure), read), converter, context);
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

/** How message and stack are read from their payload; `undefined` where they cannot be. */
type ReadAttributes = (payload: Payload) => Partial<DefaultEncodedFailureAttributes> | undefined;

/**
 * A copy of `failure` with message and stack in clear at every level of the cause chain, where they can be
 * read.
 */
function revealFailure(failure: ProtoFailure, read: ReadAttributes): ProtoFailure {
  const copy = revealed(failure, read);
  return copy.cause ? { ...copy, cause: revealFailure(copy.cause, read) } : copy;
}

/** The same of one level, whose causes are left as they are. */
function revealed(failure: ProtoFailure, read: ReadAttributes): ProtoFailure {
  const { encodedAttributes, ...rest } = failure;
  const texts = encodedAttributes ? read(encodedAttributes) : undefined;
  if (texts === undefined) return failure;
  const { message = failure.message, stack_trace: stackTrace = failure.stackTrace } = texts;
  return { ...rest, ...(message == null ? {} : { message }), ...(stackTrace == null ? {} : { stackTrace }) };
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

import type { DefaultEncodedFailureAttributes, Payload, ProtoFailure } from '@temporalio/common';
import { markFailurePayload } from '@waxseal/core/failure-payload';

/** What all SDKs put in the place of a message that is in `encodedAttributes`. */
const ENCODED_MESSAGE = 'Encoded failure';

type Payloads = NonNullable<NonNullable<ProtoFailure['applicationFailureInfo']>['details']>;

/**
 * A copy of `failure` with message and stack moved into `encodedAttributes`, at every level of the cause chain, and with
 * all its payloads marked as parts of a failure.
 *
 * The whole chain is walked, because a failure that passed through this process carries causes with the text that was
 * restored when they were decoded.
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
    ...failure,
    message: ENCODED_MESSAGE,
    stackTrace: '',
    encodedAttributes: markFailurePayload(attributes, 'attributes'),
  };
  const { applicationFailureInfo, canceledFailureInfo, timeoutFailureInfo, resetWorkflowFailureInfo, cause } =
    failure;
  if (applicationFailureInfo?.details) {
    copy.applicationFailureInfo = {
      ...applicationFailureInfo,
      details: marked(applicationFailureInfo.details),
    };
  }
  if (canceledFailureInfo?.details) {
    copy.canceledFailureInfo = { ...canceledFailureInfo, details: marked(canceledFailureInfo.details) };
  }
  if (timeoutFailureInfo?.lastHeartbeatDetails) {
    const lastHeartbeatDetails = marked(timeoutFailureInfo.lastHeartbeatDetails);
    copy.timeoutFailureInfo = { ...timeoutFailureInfo, lastHeartbeatDetails };
  }
  if (resetWorkflowFailureInfo?.lastHeartbeatDetails) {
    const lastHeartbeatDetails = marked(resetWorkflowFailureInfo.lastHeartbeatDetails);
    copy.resetWorkflowFailureInfo = { ...resetWorkflowFailureInfo, lastHeartbeatDetails };
  }
  if (cause) copy.cause = protectFailure(cause, toPayload);
  return copy;
}

function marked({ payloads }: Payloads): Payloads {
  return { payloads: payloads?.map((payload) => markFailurePayload(payload, 'details')) ?? [] };
}

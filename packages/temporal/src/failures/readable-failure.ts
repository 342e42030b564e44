import type { Payload, ProtoFailure } from '@temporalio/common';
import { readableRedaction } from '@waxseal/core/failure-payload';

type Payloads = NonNullable<NonNullable<ProtoFailure['applicationFailureInfo']>['details']>;

/**
 * A copy of `failure` in which redacted parts (docs/spec/envelope.md §2.1) are payloads that every payload converter reads. Its
 * causes are left as they are: each is converted by itself.
 */
export function readableFailure(failure: ProtoFailure): ProtoFailure {
  const { encodedAttributes, applicationFailureInfo, canceledFailureInfo } = failure;
  const { timeoutFailureInfo, resetWorkflowFailureInfo } = failure;
  const copy: ProtoFailure = { ...failure };
  if (encodedAttributes) copy.encodedAttributes = readableRedaction(encodedAttributes);
  if (applicationFailureInfo?.details) {
    copy.applicationFailureInfo = {
      ...applicationFailureInfo,
      details: readable(applicationFailureInfo.details),
    };
  }
  if (canceledFailureInfo?.details) {
    copy.canceledFailureInfo = { ...canceledFailureInfo, details: readable(canceledFailureInfo.details) };
  }
  if (timeoutFailureInfo?.lastHeartbeatDetails) {
    const lastHeartbeatDetails = readable(timeoutFailureInfo.lastHeartbeatDetails);
    copy.timeoutFailureInfo = { ...timeoutFailureInfo, lastHeartbeatDetails };
  }
  if (resetWorkflowFailureInfo?.lastHeartbeatDetails) {
    const lastHeartbeatDetails = readable(resetWorkflowFailureInfo.lastHeartbeatDetails);
    copy.resetWorkflowFailureInfo = { ...resetWorkflowFailureInfo, lastHeartbeatDetails };
  }
  return copy;
}

function readable({ payloads }: Payloads): Payloads {
  return { payloads: payloads?.map((payload: Payload) => readableRedaction(payload)) ?? [] };
}

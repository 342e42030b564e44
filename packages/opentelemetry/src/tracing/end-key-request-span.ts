import { SpanStatusCode, type Span } from '@opentelemetry/api';

import { ATTRIBUTE } from '../attribute';
import type { KeyServiceFailure } from '../key-service-failure';
import type { Outcome } from '../outcome';

/**
 * Ends a span. Of an error that is no `KeyServiceError`, no message is told: it could hold anything.
 *
 * @param failure what may be told of the error
 */
export function endKeyRequestSpan(span: Span, outcome: Outcome, failure?: KeyServiceFailure): void {
  span.setAttribute(ATTRIBUTE.outcome, outcome);
  if (outcome !== 'ok') {
    // `_OTHER` is OpenTelemetry's word for an error that has none of its own.
    span.setAttribute(ATTRIBUTE.errorType, failure?.reason ?? '_OTHER');
    const message = failure === undefined ? {} : { message: failure.message };
    span.setStatus({ code: SpanStatusCode.ERROR, ...message });
  }
  span.end();
}

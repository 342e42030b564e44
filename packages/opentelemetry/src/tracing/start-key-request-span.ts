import { SpanKind, trace, type Span, type TracerProvider } from '@opentelemetry/api';
import type { KeyRequestInfo } from '@waxseal/core';

import { requestAttributes } from '../request-attributes';
import { SCOPE } from '../scope';

/** Begins the span of one wrap or unwrap, under the span that is active. */
export function startKeyRequestSpan(provider: TracerProvider | undefined, request: KeyRequestInfo): Span {
  const tracer = (provider ?? trace.getTracerProvider()).getTracer(SCOPE);
  return tracer.startSpan(`waxseal.${request.operation}`, {
    kind: SpanKind.CLIENT,
    attributes: requestAttributes(request),
  });
}

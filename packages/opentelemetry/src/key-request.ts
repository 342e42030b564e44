import { performance } from 'node:perf_hooks';
import { type TracerProvider, context, trace, type Span, SpanStatusCode, SpanKind } from '@opentelemetry/api';
import { type KeyRequestInfo, isWaxsealError, type KeyServiceErrorReason } from '@waxseal/core';
import { ATTRIBUTE, type Outcome, quietly, requestAttributes, SCOPE } from './attributes';
import type { CurrentInstruments } from './metrics';

/**
 * Asks, at once and once, within a span, and counts how it ended and how long it took. It rejects as `ask`
 * does.
 */
export async function measureKeyRequest(
  current: CurrentInstruments,
  tracerProvider: TracerProvider | undefined,
  request: KeyRequestInfo,
  ask: () => Promise<void>,
): Promise<void> {
  const span = quietly(() => startKeyRequestSpan(tracerProvider, request));
  const startedMs = performance.now();

  const end = (outcome: Outcome, failure?: KeyServiceFailure): void => {
    const seconds = (performance.now() - startedMs) / 1000;
    quietly(() => {
      const attributes = { ...requestAttributes(request), [ATTRIBUTE.outcome]: outcome };
      current.get().requests.add(1, attributes);
      current.get().requestDuration.record(seconds, attributes);
    });
    quietly(() => {
      if (span !== undefined) endKeyRequestSpan(span, outcome, failure);
    });
  };

  try {
    await askWithin(span, ask);
    end('ok');
  } catch (error) {
    const failure = keyServiceFailure(error);
    end(failure?.reason ?? 'other', failure);
    throw error;
  }
}

/**
 * What a span may show of a `KeyServiceError`: its message holds a key ID, the reason and what to do next.
 */
interface KeyServiceFailure {
  readonly reason: KeyServiceErrorReason;
  readonly message: string;
}

const IS_REASON: Readonly<Record<KeyServiceErrorReason, true>> = {
  denied: true,
  'not-found': true,
  disabled: true,
  'rejected-ciphertext': true,
  throttled: true,
  unavailable: true,
  timeout: true,
  unknown: true,
};

/**
 * `error`, if it is a `KeyServiceError` with a reason that is known here: by its code, so that one of a
 * second copy of core counts too.
 */
function keyServiceFailure(error: unknown): KeyServiceFailure | undefined {
  if (!isWaxsealError(error) || error.code !== 'WAXSEAL_KEY_SERVICE') return undefined;
  const { reason, message } = error as unknown as KeyServiceFailure;
  return Object.hasOwn(IS_REASON, reason) ? { reason, message } : undefined;
}

/**
 * Asks once, with `span` active if there is one, so that the spans of the service's SDK become its children.
 *
 * @returns what `ask` gives, whatever the context manager does; what it throws comes as a rejection
 */
function askWithin<T>(span: Span | undefined, ask: () => Promise<T>): Promise<T> {
  let asked: Promise<T> | undefined;
  const once = (): Promise<T> => (asked ??= (async () => ask())());
  if (span !== undefined) {
    quietly(() => {
      void context.with(trace.setSpan(context.active(), span), once);
    });
  }
  return once();
}

/**
 * Ends a span. Of an error that is no `KeyServiceError`, no message is told: it could hold anything.
 *
 * @param failure what may be told of the error
 */
function endKeyRequestSpan(span: Span, outcome: Outcome, failure?: KeyServiceFailure): void {
  span.setAttribute(ATTRIBUTE.outcome, outcome);
  if (outcome !== 'ok') {
    // `_OTHER` is OpenTelemetry's word for an error that has none of its own.
    span.setAttribute(ATTRIBUTE.errorType, failure?.reason ?? '_OTHER');
    const message = failure === undefined ? {} : { message: failure.message };
    span.setStatus({ code: SpanStatusCode.ERROR, ...message });
  }
  span.end();
}

/** Begins the span of one wrap or unwrap, under the span that is active. */
function startKeyRequestSpan(provider: TracerProvider | undefined, request: KeyRequestInfo): Span {
  const tracer = (provider ?? trace.getTracerProvider()).getTracer(SCOPE);
  return tracer.startSpan(`waxseal.${request.operation}`, {
    kind: SpanKind.CLIENT,
    attributes: requestAttributes(request),
  });
}

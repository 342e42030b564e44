import { performance } from 'node:perf_hooks';
import {
  type Attributes,
  type TracerProvider,
  context,
  trace,
  type Span,
  SpanStatusCode,
  SpanKind,
} from '@opentelemetry/api';
import {
  type KeyRequestInfo,
  isWaxsealError,
  type StoreRequestInfo,
  type WaxsealErrorCode,
} from '@waxseal/core';
import { ATTRIBUTE, quietly, requestAttributes, SCOPE } from './attributes';
import type { CurrentInstruments } from './metrics';

/** One request that is measured: to a key service, or to a store. */
interface MeasuredRequest {
  /** Name of its span. */
  readonly span: string;
  /** What it is told by, in metrics and spans alike. */
  readonly attributes: Attributes;
  /** Code of the errors whose reason and message may be told. */
  readonly code: WaxsealErrorCode;
  /** Counts it, once it has ended. */
  readonly count: (attributes: Attributes, seconds: number) => void;
}

/** Measures a wrap or an unwrap, as {@link measure} does. */
export function measureKeyRequest(
  current: CurrentInstruments,
  tracerProvider: TracerProvider | undefined,
  request: KeyRequestInfo,
  ask: () => Promise<void>,
): Promise<void> {
  const measured: MeasuredRequest = {
    span: `waxseal.${request.operation}`,
    attributes: requestAttributes(request),
    code: 'WAXSEAL_KEY_SERVICE',
    count: (attributes, seconds) => {
      current.get().requests.add(1, attributes);
      current.get().requestDuration.record(seconds, attributes);
    },
  };
  return measure(tracerProvider, measured, ask);
}

/** Measures a request to a store, as {@link measure} does. */
export function measureStoreRequest(
  current: CurrentInstruments,
  tracerProvider: TracerProvider | undefined,
  { operation, store }: StoreRequestInfo,
  ask: () => Promise<void>,
): Promise<void> {
  const measured: MeasuredRequest = {
    span: `waxseal.store.${operation}`,
    attributes: { [ATTRIBUTE.operation]: operation, [ATTRIBUTE.store]: store },
    code: 'WAXSEAL_STORE',
    count: (attributes, seconds) => {
      current.get().storeRequests.add(1, attributes);
      current.get().storeDuration.record(seconds, attributes);
    },
  };
  return measure(tracerProvider, measured, ask);
}

/**
 * Asks, at once and once, within a span, and counts how it ended and how long it took. It rejects as `ask`
 * does.
 */
async function measure(
  tracerProvider: TracerProvider | undefined,
  request: MeasuredRequest,
  ask: () => Promise<void>,
): Promise<void> {
  const span = quietly(() => startSpan(tracerProvider, request));
  const startedMs = performance.now();

  const end = (outcome: string, failure?: TellableFailure): void => {
    const seconds = (performance.now() - startedMs) / 1000;
    quietly(() => {
      request.count({ ...request.attributes, [ATTRIBUTE.outcome]: outcome }, seconds);
    });
    quietly(() => {
      if (span !== undefined) endSpan(span, outcome, failure);
    });
  };

  try {
    await askWithin(span, ask);
    end('ok');
  } catch (error) {
    const failure = tellableFailure(error, request.code);
    end(failure?.reason ?? 'other', failure);
    throw error;
  }
}

/** What may be told of an error: its message holds a reason, what to do next, and at most a key ID. */
interface TellableFailure {
  readonly reason: string;
  readonly message: string;
}

/** All that a `KeyServiceError` or a `StoreError` can have: values of an attribute are bounded. */
const REASONS: ReadonlySet<string> = new Set([
  'denied',
  'not-found',
  'disabled',
  'rejected-ciphertext',
  'throttled',
  'unavailable',
  'timeout',
  'unknown',
  'schema',
  'full',
  'not-durable',
]);

/**
 * `error`, if it is one of that code with a reason that is known here: by its code, so that one of a second
 * copy of core counts too.
 */
function tellableFailure(error: unknown, code: WaxsealErrorCode): TellableFailure | undefined {
  if (!isWaxsealError(error) || error.code !== code) return undefined;
  const { reason, message } = error as unknown as TellableFailure;
  return REASONS.has(reason) ? { reason, message } : undefined;
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
 * Ends a span. Of an error that may not be told, no message is: it could hold anything.
 *
 * @param failure what may be told of the error
 */
function endSpan(span: Span, outcome: string, failure?: TellableFailure): void {
  span.setAttribute(ATTRIBUTE.outcome, outcome);
  if (outcome !== 'ok') {
    // `_OTHER` is OpenTelemetry's word for an error that has none of its own.
    span.setAttribute(ATTRIBUTE.errorType, failure?.reason ?? '_OTHER');
    const message = failure === undefined ? {} : { message: failure.message };
    span.setStatus({ code: SpanStatusCode.ERROR, ...message });
  }
  span.end();
}

/** Begins the span of a request, under the span that is active. */
function startSpan(provider: TracerProvider | undefined, { span, attributes }: MeasuredRequest): Span {
  const tracer = (provider ?? trace.getTracerProvider()).getTracer(SCOPE);
  return tracer.startSpan(span, { kind: SpanKind.CLIENT, attributes });
}

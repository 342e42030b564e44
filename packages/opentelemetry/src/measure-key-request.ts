import { performance } from 'node:perf_hooks';

import type { TracerProvider } from '@opentelemetry/api';
import type { KeyRequestInfo } from '@waxseal/core';

import { ATTRIBUTE } from './attribute';
import { keyServiceFailure, type KeyServiceFailure } from './key-service-failure';
import type { CurrentInstruments } from './metrics/current-instruments';
import type { Outcome } from './outcome';
import { quietly } from './quietly';
import { requestAttributes } from './request-attributes';
import { askWithin } from './tracing/ask-within';
import { endKeyRequestSpan } from './tracing/end-key-request-span';
import { startKeyRequestSpan } from './tracing/start-key-request-span';

/** Asks, at once and once, within a span, and counts how it ended and how long it took. It rejects as `ask` does. */
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

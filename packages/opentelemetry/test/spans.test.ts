import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { context, SpanKind, SpanStatusCode, trace } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { KeyServiceError } from '@waxseal/core';

import { StoreError } from '@waxseal/store';

import { openTelemetry } from '../src';
import { exercise, PUT, WRAP } from './support/exercise';
import { inMemory } from './support/in-memory';

const contextManager = new AsyncLocalStorageContextManager();

beforeAll(() => {
  context.setGlobalContextManager(contextManager.enable());
});

afterAll(() => {
  context.disable();
});

describe('the span of a request to a store', () => {
  it('is a client span that tells the operation, the store and the outcome', async () => {
    const { exporter, tracerProvider } = inMemory();
    const telemetry = openTelemetry({ tracerProvider });
    await telemetry.storeRequest(PUT, () => Promise.resolve());
    const error = new StoreError('unavailable');
    await telemetry.storeRequest(PUT, () => Promise.reject(error)).catch(() => undefined);
    const [ok, failed] = exporter.getFinishedSpans();
    const attributes = { 'waxseal.operation': 'tokens.put', 'waxseal.store': 'postgres' };
    expect([ok?.name, ok?.kind, ok?.attributes]).toEqual([
      'waxseal.store.tokens.put',
      SpanKind.CLIENT,
      { ...attributes, 'waxseal.outcome': 'ok' },
    ]);
    expect(failed?.status).toEqual({ code: SpanStatusCode.ERROR, message: error.message });
    expect(failed?.attributes).toEqual({
      ...attributes,
      'waxseal.outcome': 'unavailable',
      'error.type': 'unavailable',
    });
  });
});

describe('the span of a key request', () => {
  it('is a client span, between the span around it and those of the SDK within', async () => {
    const { exporter, tracerProvider } = inMemory();
    const tracer = tracerProvider.getTracer('test');
    await tracer.startActiveSpan('outer', async (outer) => {
      await openTelemetry({ tracerProvider }).keyRequest(WRAP, async () => {
        await Promise.resolve();
        tracer.startSpan('SDK').end();
      });
      outer.end();
    });
    const [sdk, own, outer] = exporter.getFinishedSpans();
    expect([sdk?.name, own?.name, outer?.name]).toEqual(['SDK', 'waxseal.wrap', 'outer']);
    expect(sdk?.parentSpanContext?.spanId).toBe(own?.spanContext().spanId);
    expect(own?.parentSpanContext?.spanId).toBe(outer?.spanContext().spanId);
    expect(own?.kind).toBe(SpanKind.CLIENT);
    expect(own?.instrumentationScope.name).toBe('@waxseal/opentelemetry');
    expect(own?.status).toEqual({ code: SpanStatusCode.UNSET });
    expect(own?.attributes).toEqual({
      'waxseal.operation': 'wrap',
      'waxseal.provider': 'aws-kms',
      'waxseal.key.id': 'key-a',
      'waxseal.outcome': 'ok',
    });
    expect(trace.getActiveSpan()).toBeUndefined();
  });

  it('tells the reason and the message of a KeyServiceError, and no cause', async () => {
    const { exporter, tracerProvider } = inMemory();
    const error = new KeyServiceError('key-a', 'denied', { cause: new Error('token s3cr3t') });
    const asked = openTelemetry({ tracerProvider }).keyRequest(WRAP, () => Promise.reject(error));
    await expect(asked).rejects.toBe(error);
    const [span] = exporter.getFinishedSpans();
    expect(span?.attributes).toMatchObject({ 'waxseal.outcome': 'denied', 'error.type': 'denied' });
    expect(span?.status).toEqual({ code: SpanStatusCode.ERROR, message: error.message });
    expect(JSON.stringify([span?.attributes, span?.events, span?.status])).not.toContain('s3cr3t');
  });

  it('tells nothing of what another error says', async () => {
    const { exporter, tracerProvider } = inMemory();
    const error = new Error('plaintext s3cr3t');
    const asked = openTelemetry({ tracerProvider }).keyRequest(WRAP, () => {
      throw error;
    });
    await expect(asked).rejects.toBe(error);
    const [span] = exporter.getFinishedSpans();
    expect(span?.attributes).toMatchObject({ 'waxseal.outcome': 'other', 'error.type': '_OTHER' });
    expect(span?.status).toEqual({ code: SpanStatusCode.ERROR });
    expect(span?.events).toEqual([]);
  });
});

it('makes spans of nothing but requests to key services and stores', async () => {
  const { exporter, tracerProvider } = inMemory();
  await exercise(openTelemetry({ tracerProvider }));
  expect(exporter.getFinishedSpans().map((span) => span.name)).toEqual([
    'waxseal.wrap',
    'waxseal.unwrap',
    'waxseal.store.tokens.put',
  ]);
});

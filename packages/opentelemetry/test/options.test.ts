import { afterEach, describe, expect, it } from '@jest/globals';
import { metrics, trace } from '@opentelemetry/api';
import { ConfigurationError } from '@waxseal/core';

import { openTelemetry, type OpenTelemetryOptions } from '../src';
import { exercise, WRAP } from './support/exercise';
import { inMemory } from './support/in-memory';

afterEach(() => {
  metrics.disable();
  trace.disable();
});

describe('without options', () => {
  it('the global providers are used', async () => {
    const { reader, meterProvider, exporter, tracerProvider } = inMemory();
    metrics.setGlobalMeterProvider(meterProvider);
    trace.setGlobalTracerProvider(tracerProvider);
    await exercise(openTelemetry());
    expect((await reader.metrics()).size).toBe(16);
    expect(exporter.getFinishedSpans()).toHaveLength(3);
  });

  it('also those that are registered later; what was observed before is shown', async () => {
    const telemetry = openTelemetry();
    await exercise(telemetry);
    const { reader, meterProvider, exporter, tracerProvider } = inMemory();
    metrics.setGlobalMeterProvider(meterProvider);
    trace.setGlobalTracerProvider(tracerProvider);
    await telemetry.keyRequest(WRAP, () => Promise.resolve());
    expect(await reader.points('waxseal.data_key.messages')).toEqual([[{ 'waxseal.key.id': 'key-a:v1' }, 7]]);
    expect(await reader.points('waxseal.key.breaker.state')).toEqual([[{ 'waxseal.key.id': 'key-a' }, 2]]);
    expect(exporter.getFinishedSpans()).toHaveLength(1);
  });

  it('and without any provider, nothing happens', async () => {
    await expect(exercise(openTelemetry())).resolves.toBeUndefined();
  });
});

describe('options that are not usable', () => {
  it.each<[string, unknown, RegExp]>([
    ['are no object', null, /must be an object/],
    ['do not exist', { meter: {} }, /openTelemetry: meter is not an option/],
    ['are no meter provider', { meterProvider: null }, /meterProvider must be .* getMeter\(\)/],
    ['are no tracer provider', { tracerProvider: { getMeter() {} } }, /tracerProvider must be/],
  ])('%s: ConfigurationError', (_which, options, message) => {
    const make = () => openTelemetry(options as OpenTelemetryOptions);
    expect(make).toThrow(ConfigurationError);
    expect(make).toThrow(message);
  });
});

import { afterEach, describe, expect, it, jest } from '@jest/globals';
import {
  context,
  diag,
  DiagLogLevel,
  ROOT_CONTEXT,
  trace,
  type ContextManager,
  type DiagLogger,
  type MeterProvider,
  type Tracer,
  type TracerProvider,
} from '@opentelemetry/api';

import { openTelemetry } from '../src';
import { exercise, WRAP } from './support/exercise';
import { inMemory } from './support/in-memory';

/** Whatever is asked of it, it throws. */
function throwing(): never {
  throw new Error('telemetry is broken');
}

/** An object whose methods all throw, but for those given. */
function broken<T extends object>(methods: Partial<T> = {}): T {
  return new Proxy(methods as T, {
    get: (target, name) => (Reflect.get(target, name) as unknown) ?? throwing,
  });
}

function logger(error: DiagLogger['error']): DiagLogger {
  return { error, warn: () => {}, info: () => {}, debug: () => {}, verbose: () => {} };
}

afterEach(() => {
  context.disable();
  diag.disable();
});

describe('a provider that throws', () => {
  it.each([
    ['for a meter', { meterProvider: broken<MeterProvider>() }],
    ['for an instrument', { meterProvider: broken<MeterProvider>({ getMeter: () => broken() }) }],
    ['for a tracer', { tracerProvider: broken<TracerProvider>() }],
    ['for a span', { tracerProvider: broken<TracerProvider>({ getTracer: () => broken() }) }],
    [
      'from a span',
      {
        tracerProvider: broken<TracerProvider>({
          getTracer: () => broken<Tracer>({ startSpan: () => broken() }),
        }),
      },
    ],
  ])('%s changes no answer, and is told to the diagnostic logger', async (_where, options) => {
    const log = jest.fn<DiagLogger['error']>();
    diag.setLogger(logger(log), DiagLogLevel.ERROR);
    const telemetry = openTelemetry(options);
    const ask = jest.fn(() => Promise.resolve());
    await expect(telemetry.keyRequest(WRAP, ask)).resolves.toBeUndefined();
    expect(ask).toHaveBeenCalledTimes(1);
    await expect(exercise(telemetry)).resolves.toBeUndefined();
    expect(log).toHaveBeenCalled();
  });

  it('does not reach the codec by way of a logger that throws', async () => {
    diag.setLogger(logger(throwing), DiagLogLevel.ERROR);
    await expect(
      exercise(openTelemetry({ meterProvider: broken<MeterProvider>() })),
    ).resolves.toBeUndefined();
  });
});

describe('a context manager that throws', () => {
  const manager = (withContext: ContextManager['with']): ContextManager => ({
    active: () => ROOT_CONTEXT,
    with: withContext,
    bind: (_context, target) => target,
    enable: () => manager(withContext),
    disable: () => manager(withContext),
  });

  it.each<[string, ContextManager['with']]>([
    ['before it calls', throwing],
    [
      'after it called',
      (_context, call, self, ...args) => {
        call.call(self as ThisParameterType<typeof call>, ...args);
        return throwing();
      },
    ],
  ])('%s lets the request be made once', async (_when, withContext) => {
    context.setGlobalContextManager(manager(withContext));
    const { tracerProvider } = inMemory();
    const ask = jest.fn(() => Promise.resolve());
    await expect(openTelemetry({ tracerProvider }).keyRequest(WRAP, ask)).resolves.toBeUndefined();
    const refuse = jest.fn(throwing);
    await expect(openTelemetry({ tracerProvider }).keyRequest(WRAP, refuse)).rejects.toThrow('broken');
    expect([ask, refuse].map((mock) => mock.mock.calls.length)).toEqual([1, 1]);
  });
});

it('leaves out a codec that cannot tell its data keys, and shows the others', async () => {
  const { reader, meterProvider } = inMemory();
  const telemetry = openTelemetry({ meterProvider });
  telemetry.observeDataKeys(throwing);
  telemetry.observeDataKeys(() => [{ keyId: 'key-a', ageMs: 1000, messages: 1, bytes: 1 }]);
  expect(await reader.points('waxseal.data_key.age')).toEqual([[{ 'waxseal.key.id': 'key-a' }, 1]]);
});

it('asks at once, so that a codec that looks after itself asks within the span', () => {
  const { tracerProvider } = inMemory();
  const ask = jest.fn(() => {
    active = trace.getActiveSpan();
    return Promise.resolve();
  });
  let active: unknown = 'not asked';
  void openTelemetry({ tracerProvider }).keyRequest(WRAP, ask);
  expect(ask).toHaveBeenCalledTimes(1);
  expect(active).not.toBe('not asked');
});

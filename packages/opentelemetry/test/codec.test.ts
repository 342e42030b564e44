import { KMSClient } from '@aws-sdk/client-kms';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from '@jest/globals';
import { context, trace, type Span } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { AwsKmsKey } from '@waxseal/aws-kms';
import {
  EnvelopeCodec,
  Keyring,
  type DataKeyOptions,
  type KeyEncryptionKey,
  type Telemetry,
} from '@waxseal/core';
import { LocalKey } from '@waxseal/local-key';
import { startAwsKmsDouble, type AwsKmsDouble, type AwsKmsDoubleKey } from '@waxseal/testing';
import { jsonPayload } from '@waxseal/test-support';

import { openTelemetry } from '../src';
import { inMemory } from './support/in-memory';

const PAYLOAD = jsonPayload('4111 1111 1111 1111');
/** As the failure converter marks the details of a failure. */
const DETAILS = { ...PAYLOAD, metadata: { ...PAYLOAD.metadata, 'waxseal-failure': Uint8Array.of(2) } };

let sdk: ReturnType<typeof inMemory>;
let telemetry: Telemetry;
let kms: AwsKmsDouble;
let kmsKey: AwsKmsDoubleKey;
let client: KMSClient;
const codecs: EnvelopeCodec[] = [];

function codecWith(primary: KeyEncryptionKey, dataKeys?: DataKeyOptions): EnvelopeCodec {
  const requests = { maxAttempts: 1, breaker: { threshold: 2, resetAfter: '30s' } } as const;
  const keyring = new Keyring({ primary, requests });
  const codec = new EnvelopeCodec({ keyring, dataKeys, telemetry });
  codecs.push(codec);
  return codec;
}

const awsKey = () => new AwsKmsKey({ client, keyId: kmsKey.arn });

/** The values of one metric, by those of its attributes that do not say which key or provider. */
async function values(name: string): Promise<Record<string, unknown>> {
  const points = await sdk.reader.points(name);
  const label = (attributes: object) =>
    Object.entries(attributes)
      .filter(([attribute]) => attribute !== 'waxseal.key.id' && attribute !== 'waxseal.provider')
      .map(([, value]) => String(value))
      .join(' ');
  return Object.fromEntries(points.map(([attributes, value]) => [label(attributes), value]));
}

beforeAll(async () => {
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  kms = await startAwsKmsDouble();
  client = new KMSClient({
    endpoint: kms.endpoint,
    region: 'eu-west-1',
    credentials: { accessKeyId: 'AKIDTEST', secretAccessKey: 'any' },
    maxAttempts: 1,
  });
});

beforeEach(() => {
  sdk = inMemory();
  telemetry = openTelemetry({ meterProvider: sdk.meterProvider, tracerProvider: sdk.tracerProvider });
  kmsKey = kms.createKey();
});

afterEach(() => {
  for (const codec of codecs.splice(0)) codec.close();
});

afterAll(async () => {
  client.destroy();
  await kms.close();
  context.disable();
});

it('counts what a codec does with a local key', async () => {
  const key = new LocalKey({ id: 'local', key: Buffer.alloc(32, 7) });
  const codec = codecWith(key);
  const payloads = await codec.encode([PAYLOAD, PAYLOAD]);
  await codec.decode(payloads);
  await codecWith(key).decode(payloads);

  expect(await sdk.reader.points('waxseal.key.requests')).toEqual(
    ['wrap', 'unwrap'].map((operation) => [
      {
        'waxseal.operation': operation,
        'waxseal.provider': 'local',
        'waxseal.key.id': 'local',
        'waxseal.outcome': 'ok',
      },
      1,
    ]),
  );
  const lookups = (await values('waxseal.data_key.lookups')) as { hit: number; miss: number };
  expect(lookups.hit).toBeGreaterThanOrEqual(2);
  expect(lookups.miss).toBeGreaterThanOrEqual(1);
  expect(lookups.hit + lookups.miss).toBe(4);
  expect(await values('waxseal.data_key.messages')).toEqual({ '': 2 });
  expect((await values('waxseal.data_key.bytes'))['']).toBeGreaterThan(2 * (PAYLOAD.data ?? []).length);
  expect(await values('waxseal.key.breaker.state')).toEqual({ '': 0 });
  codec.close();
  expect(await values('waxseal.data_key.messages')).toEqual({ '': 0 });
});

it('has its span active in the SDK of the key service', async () => {
  let active: Span | undefined;
  client.middlewareStack.add(
    (next) => (args) => {
      active = trace.getActiveSpan();
      return next(args);
    },
    { step: 'finalizeRequest', name: 'seeSpan' },
  );
  await codecWith(awsKey()).warmUp();
  client.middlewareStack.remove('seeSpan');

  const [span] = sdk.exporter.getFinishedSpans();
  expect(span?.attributes).toEqual({
    'waxseal.operation': 'wrap',
    'waxseal.provider': 'aws-kms',
    'waxseal.key.id': kmsKey.arn,
    'waxseal.outcome': 'ok',
  });
  expect(active?.spanContext()).toEqual(span?.spanContext());
});

it('tells refusals, what is skipped, and redacted failures, and nothing of a payload', async () => {
  const [codec, other] = [codecWith(awsKey()), codecWith(awsKey())];
  const sealed = await codec.encode([PAYLOAD]);
  kmsKey.disable();
  for (let count = 0; count < 2; count++) {
    await expect(other.decode(sealed)).rejects.toMatchObject({ reason: 'disabled' });
  }
  expect(await values('waxseal.key.requests')).toEqual({ 'wrap ok': 1, 'unwrap disabled': 1 });
  expect(await values('waxseal.key.skipped_requests')).toEqual({ 'unwrap negative-cache': 1 });
  const [, span] = sdk.exporter.getFinishedSpans();
  expect(span?.attributes['error.type']).toBe('disabled');
  expect(span?.status.message).toContain('Enable the key');

  await other.encode([DETAILS]);
  expect(await values('waxseal.failures.redacted')).toEqual({ attributes: 0, details: 1 });
  const told = JSON.stringify([
    ...(await sdk.reader.metrics()).values(),
    ...sdk.exporter
      .getFinishedSpans()
      .map(({ attributes, events, status }) => ({ attributes, events, status })),
  ]);
  expect(told).not.toContain('4111 1111');
});

it('shows an open breaker', async () => {
  const codec = codecWith(awsKey());
  kms.next({ error: 'ThrottlingException' }, 2);
  for (let count = 0; count < 3; count++) {
    await expect(codec.encode([PAYLOAD])).rejects.toThrow();
  }
  expect(await values('waxseal.key.requests')).toEqual({ 'wrap throttled': 2 });
  expect(await values('waxseal.key.skipped_requests')).toEqual({ 'wrap breaker': 1 });
  expect(await values('waxseal.key.breaker.state')).toEqual({ '': 2 });
});

it('counts payloads under a stale data key, and shows its age', async () => {
  const codec = codecWith(awsKey(), { maxAge: '100ms', maxStaleAge: '1h' });
  await codec.encode([PAYLOAD]);
  kmsKey.disable();
  await new Promise((resolve) => setTimeout(resolve, 150));
  await codec.encode([PAYLOAD, PAYLOAD]);
  expect(await values('waxseal.data_key.stale_uses')).toEqual({ '': 2 });
  const age = (await values('waxseal.data_key.age'))[''];
  expect(age).toBeGreaterThan(0.1);
  expect(age).toBeLessThan(60);
});

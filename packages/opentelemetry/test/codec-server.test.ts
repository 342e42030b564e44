import { expect, it } from '@jest/globals';

import { openTelemetryCodecServer } from '../src';
import { exerciseCodecServer } from './support/exercise';
import { inMemory } from './support/in-memory';

it('counts requests, payloads and what is in progress', async () => {
  const { meterProvider, reader } = inMemory();
  exerciseCodecServer(openTelemetryCodecServer({ meterProvider }));
  expect(await reader.points('waxseal.codec_server.requests')).toEqual(
    expect.arrayContaining([
      [{ 'waxseal.endpoint': 'decode', 'waxseal.status': '200', 'waxseal.code': 'ok' }, 1],
      [{ 'waxseal.endpoint': 'none', 'waxseal.status': '503', 'waxseal.code': 'INTERNAL' }, 1],
    ]),
  );
  expect(await reader.points('waxseal.codec_server.active_requests')).toEqual([[{}, 1]]);
  expect(await reader.points('waxseal.codec_server.payloads')).toContainEqual([
    { 'waxseal.endpoint': 'decode' },
    3,
  ]);
  expect(await reader.points('waxseal.codec_server.unreadable_payloads')).toContainEqual([
    { 'waxseal.endpoint': 'decode' },
    1,
  ]);
  const [[, duration] = []] = await reader.points('waxseal.codec_server.request.duration');
  expect(duration).toMatchObject({ count: 1, sum: 0.012 });
});

it('a provider that throws changes nothing', () => {
  const fail = () => {
    throw new Error('no meter');
  };
  const telemetry = openTelemetryCodecServer({ meterProvider: { getMeter: fail } });
  expect(() => {
    exerciseCodecServer(telemetry);
  }).not.toThrow();
});

it('refuses what is no provider', () => {
  expect(() => openTelemetryCodecServer({ meterProvider: 7 as never })).toThrow('meterProvider must be');
});

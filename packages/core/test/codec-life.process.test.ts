import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';

import { describe, expect, it } from '@jest/globals';
import { jsonPayload, rejectionOf } from '@waxseal/test-support';

import { EnvelopeCodec, Keyring } from '../src';
import { TestKey } from './support/test-key';

/** Runs a script of `support/` in a process of its own; rejects when that does not end by itself with 0. */
async function runScript(name: string): Promise<string> {
  const script = join(__dirname, 'support', name);
  const { stdout } = await promisify(execFile)(
    process.execPath,
    ['--unhandled-rejections=strict', '--expose-gc', '--require', 'esbuild-register', script],
    { timeout: 30_000 },
  );
  return stdout.trim();
}

describe('a process', () => {
  it('ends by itself, though a codec in it was not closed', async () => {
    expect(await runScript('never-closes.ts')).toBe('encoded and decoded');
  });

  it('keeps no codec of a configuration that was loaded before, and knows what the last one has', async () => {
    expect(await runScript('configured-often.ts')).toBe('nothing is kept\nBeside');
  });

  it('has no unhandled rejection when payloads of one batch fail in different ways', async () => {
    expect(await runScript('bad-batches.ts')).toBe(
      'WAXSEAL_MALFORMED_ENVELOPE WAXSEAL_KEY_SERVICE WAXSEAL_KEY_SERVICE',
    );
  });
});

describe('close', () => {
  it('refuses everything afterwards, and can be called again', async () => {
    const codec = new EnvelopeCodec({ keyring: new Keyring({ primary: new TestKey('orders/v1') }) });
    const sealed = await codec.encode([jsonPayload(1)]);
    codec.close();
    codec.close();
    const closed = { code: 'WAXSEAL_CODEC_CLOSED', retryable: false };
    expect(await rejectionOf(() => codec.encode([jsonPayload(1)]))).toMatchObject(closed);
    expect(await rejectionOf(() => codec.decode(sealed))).toMatchObject(closed);
    expect(await rejectionOf(() => codec.warmUp())).toMatchObject(closed);
  });

  it('rejects the decodes that wait for a key service', async () => {
    const key = new TestKey('orders/v1');
    const writer = new EnvelopeCodec({ keyring: new Keyring({ primary: key }) });
    const sealed = await writer.encode([jsonPayload(1)]);
    writer.close();
    const reader = new EnvelopeCodec({ keyring: new Keyring({ primary: key }) });
    const release = key.hold();
    const pending = rejectionOf(() => reader.decode(sealed));
    reader.close();
    release();
    expect(await pending).toMatchObject({ code: 'WAXSEAL_CODEC_CLOSED' });
  });
});

describe('warmUp', () => {
  it('makes the one request, and encoding makes none', async () => {
    const key = new TestKey('orders/v1');
    const codec = new EnvelopeCodec({ keyring: new Keyring({ primary: key }) });
    await Promise.all([codec.warmUp(), codec.warmUp()]);
    await codec.warmUp();
    await codec.encode([jsonPayload(1)]);
    expect(key.wraps).toBe(1);
    codec.close();
  });

  it('says that there is no primary key', async () => {
    const codec = new EnvelopeCodec({ keyring: new Keyring({ decryptOnly: [new TestKey('orders/v1')] }) });
    expect(await rejectionOf(() => codec.warmUp())).toMatchObject({ code: 'WAXSEAL_CONFIGURATION' });
    codec.close();
  });
});

describe('memory of key bytes', () => {
  it('is zeroed once a data key is wrapped', async () => {
    const key = new TestKey('orders/v1');
    const codec = new EnvelopeCodec({ keyring: new Keyring({ primary: key }) });
    await codec.warmUp();
    expect(key.seen[0]?.some((byte) => byte !== 0)).toBe(true);
    expect(key.handedOver).toEqual([Buffer.alloc(32)]);
    codec.close();
  });

  it('is zeroed when the wrap fails', async () => {
    const key = new TestKey('orders/v1');
    key.failure = new Error('down');
    const codec = new EnvelopeCodec({ keyring: new Keyring({ primary: key }) });
    await rejectionOf(() => codec.warmUp());
    expect(key.handedOver).toEqual([Buffer.alloc(32)]);
    codec.close();
  });

  it('is zeroed once a data key is unwrapped', async () => {
    const key = new TestKey('orders/v1');
    const writer = new EnvelopeCodec({ keyring: new Keyring({ primary: key }) });
    const sealed = await writer.encode([jsonPayload(1)]);
    const reader = new EnvelopeCodec({ keyring: new Keyring({ primary: key }) });
    expect(await reader.decode(sealed)).toEqual([jsonPayload(1)]);
    expect(key.givenBack).toEqual([new Uint8Array(32)]);
    writer.close();
    reader.close();
  });
});

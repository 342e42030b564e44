/**
 * A configuration is loaded again and again over one envelope codec, each time with a codec of its own beside
 * it, and nothing is kept but the last. Run with --expose-gc.
 */
import { setImmediate } from 'node:timers/promises';
import type { PayloadCodec } from '@temporalio/common';
import { EnvelopeCodec, Keyring } from '../../src';
import { assertCodecChain, noteConfigured } from '../../src/internal';
import { TestKey } from './test-key';

class Beside implements PayloadCodec {
  readonly held = new Uint8Array(1024 * 1024);
  readonly encode = (payloads: Parameters<PayloadCodec['encode']>[0]) => Promise.resolve(payloads);
  readonly decode = this.encode;
}

async function main(): Promise<void> {
  const codec = new EnvelopeCodec({ keyring: new Keyring({ primary: new TestKey('orders/v1') }) });
  for (let count = 0; count < 60; count++) {
    noteConfigured([new Beside(), codec]);
    await setImmediate();
    globalThis.gc?.();
  }
  const megabytes = Math.round(process.memoryUsage().arrayBuffers / 1024 / 1024);
  console.log(megabytes < 20 ? 'nothing is kept' : `${String(megabytes)} MB are kept`);
  try {
    assertCodecChain([codec], 'payloadCodecs');
  } catch (error) {
    console.log(error instanceof Error ? /has (.*) too/.exec(error.message)?.[1] : error);
  }
}

main().catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});

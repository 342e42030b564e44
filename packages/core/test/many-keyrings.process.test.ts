import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

import { describe, expect, it } from '@jest/globals';
import { jsonPayload } from '@waxseal/test-support';

import { EnvelopeCodec, Keyring } from '../src';
import { only } from './support/only';
import { TestKey } from './support/test-key';
import { workflowContext } from './support/workflow-context';

const TENANTS = 1_100;

/**
 * Encodes and decodes for more tenants than there is room for, closes, and prints what is left of heap and
 * data keys.
 */
const PROGRAM = `
const crypto = require('node:crypto');
const made = [];
const { createSecretKey } = crypto;
crypto.createSecretKey = (bytes) => {
  const key = createSecretKey(bytes);
  made.push(new WeakRef(key));
  return key;
};
const { EnvelopeCodec, Keyring } = require('@waxseal/core');
process.on('warning', ({ code }) => code === 'WAXSEAL_THRASHING' && (warnings += 1));
let warnings = 0;
const collect = async () => {
  for (let round = 0; round < 5; round++) {
    await new Promise((resolve) => setTimeout(resolve, 10));
    global.gc();
  }
};
const keyOf = (id) => ({
  id, bindsAad: false,
  wrap: async (dataKey) => ({ keyId: id, bytes: Buffer.from(dataKey) }),
  unwrap: async ({ bytes }) => new Uint8Array(bytes),
});
const keyrings = Array.from({ length: ${String(TENANTS)} }, (_, index) => new Keyring({ primary: keyOf('key ' + index) }));
const tenant = (index) => ({ type: 'workflow', namespace: String(index), workflowId: 'w' });
const payload = { metadata: {}, data: Buffer.alloc(1000, 1) };
(async () => {
  await collect();
  const before = process.memoryUsage().heapUsed;
  const codec = new EnvelopeCodec({ keyring: ({ namespace }) => keyrings[Number(namespace)] });
  for (let round = 0; round < 5; round++) {
    for (let index = 0; index < keyrings.length; index++) {
      const sealed = await codec.encode([payload], tenant(index));
      await codec.decode(sealed, tenant(index));
    }
  }
  await collect();
  const heap = process.memoryUsage().heapUsed - before;
  const inUse = made.filter((key) => key.deref()).length;
  codec.close();
  await collect();
  const afterClose = made.filter((key) => key.deref()).length;
  console.log(JSON.stringify({ made: made.length, heapMiB: heap / 2 ** 20, inUse, afterClose, warnings }));
})();`;

it('more keyrings than there is room for take no more memory, and leave no data key behind', async () => {
  const { stdout } = await promisify(execFile)(process.execPath, ['--expose-gc', '-e', PROGRAM], {
    cwd: __dirname,
  });
  const seen = JSON.parse(stdout) as Record<string, number>;
  expect(seen['made']).toBeGreaterThanOrEqual(5 * TENANTS);
  expect(seen['heapMiB']).toBeLessThan(32);
  expect(seen['inUse']).toBeLessThanOrEqual(1_002);
  expect(seen['afterClose']).toBe(0);
  // It is announced, and once.
  expect(seen['warnings']).toBe(1);
});

describe('dataKeys.maxKeyrings', () => {
  it('is how many keyrings keep their data keys; the one that was not used for longest gives them up', async () => {
    const keys = new Map(['a', 'b', 'c'].map((name) => [name, new TestKey(name)]));
    const keyrings = new Map([...keys].map(([name, primary]) => [name, new Keyring({ primary })]));
    const codec = new EnvelopeCodec({
      keyring: ({ namespace }) => keyrings.get(namespace ?? '') ?? new Keyring({ primary: new TestKey('x') }),
      dataKeys: { maxKeyrings: 2 },
    });
    const sealed = new Map<string, ReturnType<typeof jsonPayload>>();
    for (const name of ['a', 'b', 'a', 'c']) {
      sealed.set(name, only(await codec.encode([jsonPayload(name)], workflowContext(name))));
    }
    expect([...keys.values()].map(({ wraps }) => wraps)).toEqual([1, 1, 1]);
    for (const name of ['a', 'c']) await codec.decode([sealed.get(name) ?? {}], workflowContext(name));
    expect([...keys.values()].map(({ unwraps }) => unwraps)).toEqual([0, 0, 0]);
    await codec.decode([sealed.get('b') ?? {}], workflowContext('b'));
    expect([...keys.values()].map(({ unwraps }) => unwraps)).toEqual([0, 1, 0]);
    codec.close();
  });

  it('lets what is under way come to its end, and close() ends it', async () => {
    const held = new TestKey('held');
    const keyrings = {
      held: new Keyring({ primary: held }),
      other: new Keyring({ primary: new TestKey('o') }),
    };
    const make = (): EnvelopeCodec =>
      new EnvelopeCodec({
        keyring: ({ namespace }) => (namespace === 'held' ? keyrings.held : keyrings.other),
        dataKeys: { maxKeyrings: 1 },
      });
    for (const closes of [false, true]) {
      const codec = make();
      const release = held.hold();
      const pending = codec.encode([jsonPayload(1)], workflowContext('held'));
      await codec.encode([jsonPayload(1)], workflowContext('other'));
      if (closes) codec.close();
      release();
      if (closes) await expect(pending).rejects.toMatchObject({ code: 'WAXSEAL_CODEC_CLOSED' });
      else expect(await pending).toHaveLength(1);
      codec.close();
    }
  });
});

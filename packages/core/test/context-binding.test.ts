import type { SerializationContext } from '@temporalio/common';
import { describe, expect, it, jest } from '@jest/globals';
import { jsonPayload, rejectionOf } from '@waxseal/test-support';

import { EnvelopeCodec, Keyring, type Binding, type EnvelopeCodecOptions } from '../src';
import { parseEnvelope } from '../src/internal';
import type { ContextMismatch } from '../src';
import { only } from './support/only';
import { TestKey } from './support/test-key';
import { workflowContext } from './support/workflow-context';

const key = new TestKey('orders/v1');
const ACTIVITY: SerializationContext = {
  type: 'activity',
  namespace: 'default',
  workflowId: 'order-1001',
  activityId: '7',
  isLocal: true,
};

async function sealed(
  binding: Binding | undefined,
  context?: SerializationContext,
): Promise<ReturnType<typeof jsonPayload>> {
  const codec = new EnvelopeCodec({ keyring: new Keyring({ primary: key }), binding });
  const payload = only(await codec.encode([jsonPayload(1)], context));
  codec.close();
  return payload;
}

async function read(
  payload: ReturnType<typeof jsonPayload>,
  context?: SerializationContext,
  options: Partial<EnvelopeCodecOptions> = {},
): Promise<unknown> {
  const codec = new EnvelopeCodec({ keyring: new Keyring({ primary: key }), ...options });
  try {
    return await codec.decode([payload], context);
  } finally {
    codec.close();
  }
}

const recorded = ({ data }: ReturnType<typeof jsonPayload>): Record<string, string> =>
  Object.fromEntries(parseEnvelope(key.id, data ?? new Uint8Array()).context);

const MISMATCH = { code: 'WAXSEAL_CONTEXT_MISMATCH', retryable: false };

describe('what is sealed anew', () => {
  it.each<[Binding, SerializationContext | undefined]>([
    ['none', workflowContext()],
    ['namespace', workflowContext('default', 'order-1001-2026-11-30T08:00:00Z')],
    ['workflow', undefined],
  ])('stays bound as it was, by a codec with binding %s', async (binding, context) => {
    const before = await sealed('workflow', context);
    const fresh = new TestKey('orders/v2');
    const keyring = new Keyring({ primary: fresh, decryptOnly: [key] });
    const codec = new EnvelopeCodec({ keyring, binding, requireEncryption: true, payloadLimitBytes: 1 });
    const { opened, sealed: after } = await codec.resealed(before);
    codec.close();
    expect(opened).toEqual(jsonPayload(1));
    const { context: bound, wrappedKeys } = parseEnvelope(fresh.id, after.data ?? new Uint8Array());
    expect(Object.fromEntries(bound)).toEqual(recorded(before));
    expect(wrappedKeys.map(({ keyId }) => keyId)).toEqual(['orders/v2']);
  });

  it('is nothing but envelopes, and nothing without encryption', async () => {
    const codec = new EnvelopeCodec({ keyring: new Keyring({ primary: key }) });
    await expect(codec.resealed(jsonPayload(1))).rejects.toMatchObject({
      code: 'WAXSEAL_MALFORMED_ENVELOPE',
    });
    codec.close();
    const off = new EnvelopeCodec({ keyring: new Keyring({ primary: key }), encrypt: false });
    await expect(off.resealed(await sealed('none'))).rejects.toThrow('encrypt: false');
    off.close();
  });
});

describe('what is recorded', () => {
  it.each<[Binding | undefined, SerializationContext | undefined, Record<string, string>]>([
    ['none', workflowContext(), {}],
    ['namespace', workflowContext(), { namespace: 'default' }],
    [undefined, workflowContext(), { namespace: 'default' }],
    ['workflow', workflowContext(), { namespace: 'default', 'workflow-id': 'order-1001' }],
    ['workflow', ACTIVITY, { namespace: 'default', 'workflow-id': 'order-1001' }],
    ['workflow', { type: 'activity', namespace: 'default', isLocal: false }, { namespace: 'default' }],
    ['workflow', workflowContext('', ''), {}],
    ['workflow', undefined, {}],
  ])('with binding %s from %j', async (binding, context, expected) => {
    expect(recorded(await sealed(binding, context))).toEqual(expected);
  });

  it('follows the context of each call, in any order', async () => {
    const codec = new EnvelopeCodec({ keyring: new Keyring({ primary: key }), binding: 'workflow' });
    const contexts = [
      workflowContext('a', '1'),
      workflowContext('a', '2'),
      workflowContext('b', '2'),
      undefined,
    ];
    for (const context of [...contexts, ...contexts.reverse()]) {
      const payload = only(await codec.encode([jsonPayload(1)], context));
      const { namespace, workflowId = '' } = context ?? { namespace: '' };
      expect(recorded(payload)).toEqual(context ? { namespace, 'workflow-id': workflowId } : {});
    }
    codec.close();
  });

  it('refuses a workflow ID that does not fit, and asks no key service for it', async () => {
    const fresh = new TestKey('orders/v1');
    const codec = new EnvelopeCodec({ keyring: new Keyring({ primary: fresh }), binding: 'workflow' });
    const error = await rejectionOf(() =>
      codec.encode([jsonPayload(1)], workflowContext('default', 'x'.repeat(1025))),
    );
    expect(error).toMatchObject({ code: 'WAXSEAL_CONFIGURATION' });
    expect(fresh.requests).toBe(0);
    codec.close();
  });
});

describe('what is compared', () => {
  it('rejects another namespace, whatever the reader binds', async () => {
    const payload = await sealed('namespace', workflowContext('default'));
    for (const binding of ['none', 'namespace', 'workflow'] as const) {
      const error = await rejectionOf(() => read(payload, workflowContext('billing'), { binding }));
      expect(error).toMatchObject({
        ...MISMATCH,
        field: 'namespace',
        recorded: 'default',
        expected: 'billing',
      });
    }
  });

  it('rejects another workflow, where one is recorded', async () => {
    const other = workflowContext('default', 'order-1002');
    expect(
      await rejectionOf(async () => read(await sealed('workflow', workflowContext()), other)),
    ).toMatchObject({
      ...MISMATCH,
      field: 'workflow-id',
    });
    expect(await read(await sealed('namespace', workflowContext()), other)).toHaveLength(1);
    expect(await read(await sealed('none', workflowContext()), workflowContext('billing'))).toHaveLength(1);
  });

  it('compares nothing where one side has nothing', async () => {
    const bound = await sealed('workflow', workflowContext());
    expect(await read(bound)).toHaveLength(1);
    expect(await read(bound, workflowContext('', ''))).toHaveLength(1);
    expect(await read(bound, { type: 'activity', namespace: 'default', isLocal: false })).toHaveLength(1);
    expect(await read(await sealed('workflow'), workflowContext('billing'))).toHaveLength(1);
  });

  it('takes an activity and its workflow for the same', async () => {
    expect(await read(await sealed('workflow', workflowContext()), ACTIVITY)).toHaveLength(1);
    expect(await read(await sealed('workflow', ACTIVITY), workflowContext())).toHaveLength(1);
  });

  it('knows the suffix of a scheduled run, on either side', async () => {
    const plain = workflowContext('default', 'nightly');
    const run = workflowContext('default', 'nightly-2026-01-05T09:00:00Z');
    expect(await read(await sealed('workflow', plain), run)).toHaveLength(1);
    expect(await read(await sealed('workflow', run), plain)).toHaveLength(1);
    const other = workflowContext('default', 'weekly-2026-01-05T09:00:00Z');
    expect(await rejectionOf(async () => read(await sealed('workflow', plain), other))).toMatchObject(
      MISMATCH,
    );
  });

  it('lets former names of the reader’s namespace pass, and no others', async () => {
    const namespaceAliases = { 'orders-eu': ['orders'] };
    const payload = await sealed('namespace', workflowContext('orders'));
    expect(await read(payload, workflowContext('orders-eu'), { namespaceAliases })).toHaveLength(1);
    for (const namespace of ['billing', 'constructor', '__proto__']) {
      const error = await rejectionOf(() => read(payload, workflowContext(namespace), { namespaceAliases }));
      expect(error).toMatchObject(MISMATCH);
    }
    const current = await sealed('namespace', workflowContext('orders-eu'));
    expect(
      await rejectionOf(() => read(current, workflowContext('orders'), { namespaceAliases })),
    ).toMatchObject(MISMATCH);
  });
});

describe('onContextMismatch', () => {
  it('is told of a difference, and the payload is decoded', async () => {
    const payload = await sealed('namespace', workflowContext('default'));
    const onContextMismatch = jest.fn<(mismatch: ContextMismatch) => void>();
    expect(await read(payload, workflowContext('billing'), { onContextMismatch })).toEqual([jsonPayload(1)]);
    expect(onContextMismatch.mock.calls).toEqual([
      [{ field: 'namespace', recorded: 'default', expected: 'billing' }],
    ]);
    await read(payload, workflowContext('default'), { onContextMismatch });
    expect(onContextMismatch).toHaveBeenCalledTimes(1);
  });

  it('rejects by throwing', async () => {
    const payload = await sealed('namespace', workflowContext('default'));
    const onContextMismatch = (): never => {
      throw new RangeError('not here');
    };
    const error = await rejectionOf(() => read(payload, workflowContext('billing'), { onContextMismatch }));
    expect(error.message).toBe('not here');
  });

  it('is not told of what is not authentic', async () => {
    const payload = await sealed('namespace', workflowContext('default'));
    const data = Buffer.from(payload.data ?? []);
    data.write('dezault', 81, 'latin1');
    const onContextMismatch = jest.fn<(mismatch: ContextMismatch) => void>();
    const error = await rejectionOf(() =>
      read({ ...payload, data }, workflowContext('default'), { onContextMismatch }),
    );
    expect(error).toMatchObject({ code: 'WAXSEAL_DECRYPTION_FAILED' });
    expect(onContextMismatch).not.toHaveBeenCalled();
  });
});

import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';

import { afterAll, describe, expect, it, jest } from '@jest/globals';
import type { ClientInterceptors, ClientOptions, WorkflowClientInterceptor } from '@temporalio/client';
import { defaultPayloadConverter, type Headers, type Payload, type PayloadCodec } from '@temporalio/common';
import type { WorkerOptions } from '@temporalio/worker';
import { ConfigurationError, EnvelopeCodec, Keyring } from '@waxseal/core';
import { CODEC_STAGE, isEnvelopePayload, serializePayload, type StagedCodec } from '@waxseal/core/internal';
import { LocalKey } from '@waxseal/local-key';
import fc from 'fast-check';

import { EnvelopePlugin, type HeaderOptions } from '../src';
import { HeaderCodec } from '../src/headers/header-codec';
import type { HeaderMode } from '../src/headers/header-options';
import { NexusHeaderCodec, type NexusHeaderMap } from '../src/headers/nexus-headers';
import { overrideCreateWorkflow } from '../src/headers/worker-override';
import { WorkflowHeaders } from '../src/headers/workflow-headers';

const keyring = new Keyring({ primary: new LocalKey({ id: 'k', key: randomBytes(32) }) });
const codec = new EnvelopeCodec({ keyring, binding: 'workflow' });
const strict = new EnvelopeCodec({ keyring, requireEncryption: true });
afterAll(() => {
  codec.close();
  strict.close();
});

const context = { type: 'workflow', namespace: 'n', workflowId: 'w' } as const;
const headerCodec = (mode: HeaderMode, by: PayloadCodec = codec) => new HeaderCodec([by], mode, true);
const nexusCodec = (mode: HeaderMode) => new NexusHeaderCodec(headerCodec(mode), mode);
const value = (text: unknown) => defaultPayloadConverter.toPayload(text);
const textOf = (payload: Headers[string] | undefined) => defaultPayloadConverter.fromPayload(payload ?? {});
const odd = { metadata: { encoding: Buffer.from('application/x-own') }, data: Buffer.from('own') };

describe('headers', () => {
  it('come back as they were, under the same names, whatever these are', async () => {
    const names = fc.oneof(fc.string(), fc.constantFrom('__proto__', 'constructor', '_tracer-data'));
    await fc.assert(
      fc.asyncProperty(fc.array(fc.tuple(names, fc.jsonValue()), { maxLength: 5 }), async (entries) => {
        const headers: Headers = Object.fromEntries(entries.map(([name, data]) => [name, value(data)]));
        const sealed = await headerCodec('seal').encode(headers, context);
        expect(Object.keys(sealed)).toEqual(Object.keys(headers));
        expect(Object.values(sealed).every(isEnvelopePayload)).toBe(true);
        const opened = await headerCodec('require').decode(sealed, context);
        const texts = (map: Headers) => Object.entries(map).map(([name, each]) => [name, textOf(each)]);
        expect(texts(opened)).toEqual(texts(headers));
      }),
      { numRuns: 30 },
    );
  });

  it('go through each codec singly, in its order and back', async () => {
    const calls: string[] = [];
    const naming = (name: string): PayloadCodec => ({
      encode: (payloads) => {
        calls.push(`encode ${name} ${String(payloads.length)}`);
        return Promise.resolve(payloads.map(() => odd));
      },
      decode: (payloads) => {
        calls.push(`decode ${name} ${String(payloads.length)}`);
        return Promise.resolve(payloads);
      },
    });
    const both = new HeaderCodec([naming('a'), naming('b')], 'seal', true);
    await both.encode({ x: value(1) }, context);
    await both.decode({ x: odd }, context);
    expect(calls).toEqual(['encode a 1', 'encode b 1', 'decode b 1', 'decode a 1']);
  });

  it('in clear stay so unless the mode seals, and the codec encrypts', async () => {
    const headers = { x: value('text') };
    for (const mode of ['leave', 'read'] as const) {
      expect(await headerCodec(mode).encode(headers, context)).toEqual(headers);
    }
    expect(await new HeaderCodec([codec], 'seal', false).encode(headers, context)).toEqual(headers);
  });

  it.each(['leave', 'read', 'seal'] as const)(
    'in clear are passed on by %s, also where the codec requires encryption',
    async (mode) => {
      const headers = { x: value('text'), y: odd, z: {} };
      expect(await headerCodec(mode, strict).decode(headers, context)).toEqual(headers);
    },
  );

  it.each([{ x: value('text') }, { x: odd }, { x: {} }])(
    'in clear are refused by require',
    async (headers) => {
      for (const by of [codec, strict]) {
        const decoding = headerCodec('require', by).decode(headers, context);
        await expect(decoding).rejects.toMatchObject({
          code: 'WAXSEAL_HEADER',
          reason: 'in-clear',
          header: 'x',
        });
      }
    },
  );

  it('that open without a key of ours are refused by require', async () => {
    const packing: PayloadCodec = {
      encode: (payloads) => Promise.resolve(payloads),
      decode: (payloads) =>
        Promise.resolve(payloads.map((payload) => (payload === packed ? value('forged') : payload))),
    };
    const packed = { metadata: { encoding: Buffer.from('binary/zlib') }, data: Buffer.from('x') };
    const requiring = new HeaderCodec([packing, codec], 'require', true);
    const sealed = await requiring.encode({ x: value('text') }, context);
    expect(textOf((await requiring.decode(sealed, context))['x'])).toBe('text');
    const redacted = {
      metadata: { encoding: Buffer.from('binary/waxseal-redacted') },
      data: Buffer.from('details'),
    };
    for (const forged of [packed, redacted]) {
      await expect(requiring.decode({ x: forged }, context)).rejects.toMatchObject({ reason: 'in-clear' });
    }
  });

  it('of one map are one request, so that limits are those of all', async () => {
    const requests: unknown[] = [];
    const asked: PayloadCodec = {
      encode: (payloads) => Promise.resolve(payloads),
      decode: (payloads, ...[, request]: unknown[]) => {
        requests.push(request);
        return Promise.resolve(payloads);
      },
    };
    const reading = new HeaderCodec([asked], 'read', true);
    await reading.decode({ x: odd, y: odd }, context);
    await reading.decode({ x: odd }, context);
    expect(requests.map((request) => requests.indexOf(request))).toEqual([0, 0, 2]);
    expect(requests[0]).toBeInstanceOf(Object);
  });

  it('that are sealed are an error for leave, and open for no other workflow', async () => {
    const sealed = await headerCodec('seal').encode({ x: value('text') }, context);
    const left = headerCodec('leave').decode(sealed, context);
    await expect(left).rejects.toMatchObject({ code: 'WAXSEAL_HEADER', reason: 'not-read', header: 'x' });
    await expect(left).rejects.toThrow("Set headers: 'read'");
    const elsewhere = headerCodec('read').decode(sealed, { ...context, workflowId: 'other' });
    await expect(elsewhere).rejects.toMatchObject({ code: 'WAXSEAL_CONTEXT_MISMATCH' });
    const ofSchedule = { ...context, workflowId: 'w-2026-11-30T08:00:00Z' };
    await expect(headerCodec('read').decode(sealed, ofSchedule)).resolves.toHaveProperty('x');
  });
});

describe('headers of Nexus operations', () => {
  it('come back as they were, and are text of HTTP in between', async () => {
    await fc.assert(
      fc.asyncProperty(fc.dictionary(fc.string(), fc.string(), { maxKeys: 3 }), async (headers) => {
        const sealed = await nexusCodec('seal').encode(headers);
        const isReserved = (name: string) => headers[name] === sealed[name];
        for (const [name, text] of Object.entries(sealed)) {
          if (!isReserved(name)) expect(text).toMatch(/^waxseal:1:[A-Za-z0-9_-]+$/);
        }
        expect(await nexusCodec('read').decode(sealed)).toEqual(headers);
      }),
      { numRuns: 30 },
    );
  });

  it('that Temporal, Nexus and HTTP read stay in clear, and those of the application do not', async () => {
    const names = [
      'Nexus-Operation-Id',
      'temporal-x',
      'request-timeout',
      'Operation-Timeout',
      'Content-Type',
      'via',
    ];
    const reserved = Object.fromEntries(names.map((name) => [name, '5s']));
    const own = {
      authorization: 'secret',
      cookie: 'secret',
      'x-nexus-tenant': 'secret',
      traceparent: 'secret',
    };
    const sealed = await nexusCodec('require').encode({ ...reserved, ...own });
    expect(sealed).toMatchObject(reserved);
    expect(JSON.stringify(sealed)).not.toContain('secret');
    expect(await nexusCodec('require').decode(sealed)).toEqual({ ...reserved, ...own });
  });

  it('in clear are passed on, or refused by require; sealed ones are an error for leave', async () => {
    const headers = { tenant: 'a' };
    for (const mode of ['leave', 'read', 'seal'] as const) {
      expect(await nexusCodec(mode).decode(headers)).toEqual(headers);
    }
    await expect(nexusCodec('require').decode(headers)).rejects.toMatchObject({ reason: 'in-clear' });
    const sealed = await nexusCodec('seal').encode(headers);
    await expect(nexusCodec('leave').decode(sealed)).rejects.toMatchObject({ reason: 'not-read' });
  });

  const encoded = (payload: Headers[string]) =>
    Buffer.concat(serializePayload(payload)).toString('base64url');
  it.each([
    ['no text', ''],
    ['other characters', 'AB+/'],
    ['no payload', Buffer.from('nonsense').toString('base64url')],
    ['another type', encoded(value(7))],
    ['no JSON', encoded({ ...value('x'), data: Buffer.from('{') })],
    ['too much', 'A'.repeat(200_000)],
  ])('that are malformed are refused: %s', async (_name, body) => {
    const headers: NexusHeaderMap = { tenant: `waxseal:1:${body}` };
    await expect(nexusCodec('read').decode(headers)).rejects.toMatchObject({
      code: 'WAXSEAL_HEADER',
      reason: 'malformed',
    });
  });

  it('whose every character is changed do not open', async () => {
    const { tenant = '' } = await nexusCodec('seal').encode({ tenant: 'a' });
    for (let at = 'waxseal:1:'.length; at < tenant.length - 1; at += 7) {
      const changed = tenant.slice(0, at) + (tenant[at] === 'A' ? 'B' : 'A') + tenant.slice(at + 1);
      await expect(nexusCodec('require').decode({ tenant: changed })).rejects.toHaveProperty('code');
    }
  });
});

describe('options', () => {
  it.each(['headers', 'nexusHeaders'] as const)(
    '%s is one of four, and requires what is encrypted',
    (name) => {
      expect(() => new EnvelopePlugin({ keyring, [name]: 'on' as HeaderMode })).toThrow(
        new RegExp(`EnvelopePlugin: ${name} must be one of leave, read, seal, require`),
      );
      const requiring = { keyring, encrypt: false, [name]: 'require' } as const;
      expect(() => new EnvelopePlugin(requiring)).toThrow(ConfigurationError);
      expect(() => new EnvelopePlugin({ codec, [name]: 'seal' })).not.toThrow();
    },
  );
});

describe('beside a codec that writes another format, and encrypt: false', () => {
  const sealed = { metadata: { encoding: Buffer.from('binary/encrypted') }, data: Buffer.from('sealed') };
  const writer = {
    [CODEC_STAGE]: 'encrypt',
    encode: (payloads: Payload[]) => Promise.resolve(payloads.map(() => sealed)),
    decode: (payloads: Payload[]) => Promise.resolve(payloads),
  } as StagedCodec;
  const reading = new EnvelopeCodec({ keyring, encrypt: false });
  const codecs = [writer, reading];

  it('headers are sealed as payloads are', async () => {
    const plugin = new EnvelopePlugin({ codecs, headers: 'seal' });
    const { workflow } = plugin.configureClient({}).interceptors ?? {};
    const next = jest.fn<(input: { headers: Headers }) => Promise<never>>();
    const input = { workflowExecution: { workflowId: 'w' }, headers: { x: value('text') } };
    await (workflow as WorkflowClientInterceptor[]).at(-1)?.signal?.(input as never, next);
    expect(next.mock.calls[0]?.[0].headers).toEqual({ x: sealed });
  });

  it('require is refused, which would not read them', () => {
    expect(() => new EnvelopePlugin({ codecs, headers: 'require' })).toThrow(/'require' reads no other/);
  });
});

describe('a client', () => {
  const plugin = (options: HeaderOptions) => new EnvelopePlugin({ codec, ...options });
  const configured = (options: ClientOptions, by = plugin({ headers: 'seal' })): ClientInterceptors =>
    by.configureClient({ namespace: 'n', ...options }).interceptors ?? {};
  const own = { signal: jest.fn() };

  it('has nothing added where headers are not sealed', () => {
    expect(configured({}, plugin({}))).toEqual({});
  });

  it('has what seals last, once, in both forms of interceptors', () => {
    const seals = plugin({ headers: 'seal' });
    const first = configured({ interceptors: { workflow: [own as never] } }, seals);
    const again = configured({ interceptors: first }, seals).workflow;
    expect(again).toEqual([own, expect.objectContaining({ signal: expect.any(Function) })]);
    const factory = () => ({});
    const calls = { calls: [factory] };
    const twice = configured(
      { interceptors: configured({ interceptors: { workflow: calls } }, seals) },
      seals,
    );
    expect(twice.workflow).toEqual({ calls: [factory, expect.any(Function)] });
  });

  it('seals what activities and Nexus operations are started with', async () => {
    const { activity, nexus } = configured({});
    const next = jest.fn<(input: { headers: Headers }) => Promise<never>>();
    const input = { activityType: 'a', options: { id: 'a-1' }, headers: { x: value('text') } };
    await activity?.at(-1)?.start?.(input as never, next as never);
    const sent = next.mock.lastCall?.[0].headers ?? {};
    expect(isEnvelopePayload(sent['x'] ?? {})).toBe(true);
    const itsContext = { type: 'activity', namespace: 'n', activityId: 'a-1', isLocal: false } as const;
    expect(textOf((await headerCodec('read').decode(sent, itsContext))['x'])).toBe('text');
    const start = jest.fn<(input: { headers?: NexusHeaderMap }) => Promise<never>>();
    await nexus?.at(-1)?.startOperation?.({ headers: { x: 'text' } } as never, start);
    expect(start.mock.lastCall?.[0].headers?.['x']).toMatch(/^waxseal:1:/);
    await nexus?.at(-1)?.startOperation?.({} as never, start);
    expect(start.mock.lastCall?.[0]).toEqual({});
  });
});

describe('a Worker', () => {
  const options = (interceptors: WorkerOptions['interceptors']): WorkerOptions => ({
    taskQueue: 'q',
    ...(interceptors === undefined ? {} : { interceptors }),
  });
  const plugin = new EnvelopePlugin({ codec });

  it('has what opens first, once, before interceptors that are set in the former way too', async () => {
    const factory = () => ({});
    const once = await plugin.configureWorker(options({ activity: [factory], nexus: [factory] }));
    const { interceptors } = await plugin.configureWorker(once);
    expect(interceptors?.activity).toEqual([expect.any(Function), factory]);
    expect(interceptors?.nexus).toEqual([expect.any(Function), factory]);
    const former = options({ activityInbound: [factory], activity: [factory] });
    const { interceptors: inbound } = await plugin.configureWorker(await plugin.configureWorker(former));
    expect(inbound).toMatchObject({
      activityInbound: [],
      activity: [expect.any(Function), expect.any(Function), factory],
    });
  });

  it('is refused without the plugin among its own, where headers are asked for', async () => {
    const sealing = new EnvelopePlugin({ codec, headers: 'seal' });
    await expect(sealing.configureWorker(options(undefined))).rejects.toThrow('Worker.create({ plugins })');
    const plugins = { plugins: [sealing], ...options(undefined) };
    await expect(sealing.configureWorker(plugins)).resolves.toHaveProperty('interceptors');
  });
});

describe('a Worker of another SDK', () => {
  interface Runner {
    decodeActivation(): void;
    encodeCompletion(): void;
  }
  class Supported {
    async handleActivation(runner: Runner): Promise<void> {
      await this.createWorkflow({ jobs: [] }, {}, runner);
      runner.decodeActivation();
      runner.encodeCompletion();
    }
    createWorkflow(...given: readonly object[]): Promise<number> {
      return Promise.resolve(given.length);
    }
  }
  class Renamed extends Supported {
    override handleActivation = (): Promise<void> => Promise.resolve();
  }
  const headers = new WorkflowHeaders(headerCodec('seal'), nexusCodec('seal'));

  it('is refused with the versions that are tested, before anything runs', () => {
    for (const target of [{}, { createWorkflow: () => undefined }, new Renamed()]) {
      expect(() => {
        overrideCreateWorkflow(target, () => headers);
      }).toThrow(/tested with 1\.18 to 1\.24/);
    }
  });

  it('whose codec runner differs fails the task', async () => {
    const worker = new Supported();
    overrideCreateWorkflow(worker, () => headers);
    await expect(worker.handleActivation({} as Runner)).rejects.toThrow('its codec runner differs');
  });

  it('has a client that seals all headers, though the SDK leaves out interceptors of it', async () => {
    const client: ClientInterceptors = {};
    const worker = Object.assign(new Supported(), {
      _client: 'made before',
      options: {
        namespace: 'n',
        loadedDataConverter: { payloadCodecs: [codec] },
        interceptors: { client },
      },
    });
    await new EnvelopePlugin({ codec, headers: 'seal' }).runWorker(worker as never, () => Promise.resolve());
    expect([client.workflow, client.schedule, client.activity, client.nexus]).toEqual(
      Array.from({ length: 4 }, () => [expect.anything()]),
    );
    expect(worker._client).toBeUndefined();
    const other = new EnvelopePlugin({ codec }).runWorker(worker as never, () => Promise.resolve());
    await expect(other).rejects.toThrow(/Two EnvelopePlugins of one Worker differ: one has headers: seal/);
  });

  it('is only warned of where nobody asked for headers', async () => {
    const warned = jest.spyOn(process, 'emitWarning').mockImplementation(() => undefined);
    const worker = {
      options: {
        namespace: 'n',
        loadedDataConverter: { payloadCodecs: [codec] },
        interceptors: { client: {} },
      },
    } as never;
    const next = () => Promise.resolve();
    await new EnvelopePlugin({ codec }).runWorker(worker, next);
    expect(warned).toHaveBeenCalledWith(expect.stringContaining('1.18 to 1.24'), {
      type: 'WaxsealWarning',
      code: 'WAXSEAL_HEADERS_NOT_READ',
      detail: expect.stringMatching(/errors#waxseal_headers_not_read$/),
    });
    warned.mockRestore();
    const asked = new EnvelopePlugin({ codec, headers: 'read' }).runWorker(worker, next);
    await expect(asked).rejects.toBeInstanceOf(ConfigurationError);
  });

  it('has headers in the messages that are known, and in no other', () => {
    const visitor = readFileSync(
      require.resolve('@temporalio/proto/lib/payload-visitor.generated.js'),
      'utf8',
    );
    const withHeaders = visitor
      .split(/^function walk_/m)
      .filter((text) => text.startsWith('coresdk') && text.includes('env.skipHeaders'))
      .map((text) => /^coresdk_workflow_(\w+)\(/.exec(text)?.[1]);
    expect(withHeaders.sort()).toEqual([
      'activation_DoUpdate',
      'activation_InitializeWorkflow',
      'activation_QueryWorkflow',
      'activation_SignalWorkflow',
      'commands_ContinueAsNewWorkflowExecution',
      'commands_ScheduleActivity',
      'commands_ScheduleLocalActivity',
      'commands_SignalExternalWorkflowExecution',
      'commands_StartChildWorkflowExecution',
    ]);
  });
});

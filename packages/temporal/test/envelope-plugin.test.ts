import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { inspect } from 'node:util';

import { describe, expect, it } from '@jest/globals';
import type { Payload, PayloadCodec } from '@temporalio/common';
import { ConfigurationError, EnvelopeCodec, Keyring, type EnvelopeCodecOptions } from '@waxseal/core';
import {
  CODEC_STAGE,
  isEnvelopeCodec,
  ReplayCodec,
  SEALS_BY,
  type StagedCodec,
} from '@waxseal/core/internal';
import { markFailurePayload } from '@waxseal/core/failure-payload';
import { LocalKey } from '@waxseal/local-key';
import { jsonPayload } from '@waxseal/test-support';

import { EnvelopePlugin, failureConverterPath, withEnvelope } from '../src';
import { switchableKey } from './support/switchable-key';

const payload: Payload = jsonPayload('secret');
const keyring = (): Keyring => new Keyring({ primary: new LocalKey({ id: 'k', key: randomBytes(32) }) });

/** A codec that writes its name in front of each payload's data, so that the order of codecs shows. */
const naming = (name: string): PayloadCodec => ({
  encode: (payloads) =>
    Promise.resolve(
      payloads.map(({ metadata, data }) => ({
        metadata: metadata ?? {},
        data: Buffer.concat([Buffer.from(name), data ?? Buffer.alloc(0)]),
      })),
    ),
  decode: (payloads) =>
    Promise.resolve(
      payloads.map(({ metadata, data }) => {
        const bytes = Buffer.from(data ?? []);
        if (!bytes.toString().startsWith(name)) throw new Error(`${name} is not what was added last`);
        return { metadata: metadata ?? {}, data: bytes.subarray(name.length) };
      }),
    ),
});

async function throughCodecs(
  codecs: readonly PayloadCodec[],
): Promise<{ stored: Payload[]; back: Payload[] }> {
  let stored = [payload];
  for (const codec of codecs) stored = await codec.encode(stored);
  let back = stored;
  for (const codec of codecs.toReversed()) back = await codec.decode(back);
  return { stored, back };
}

/** A codec that encrypts in another format, as `TemporalProxyCodec` does with `writeUnder`. */
function otherFormat(): StagedCodec & {
  warmUps: number;
  encodes: number;
  decodeOnly(): ReplayCodec;
  warmUp(): Promise<void>;
} {
  const other = {
    [CODEC_STAGE]: 'encrypt' as const,
    warmUps: 0,
    encodes: 0,
    encode: (payloads: Payload[]) => {
      other.encodes += 1;
      return Promise.resolve(payloads.map(() => ({ data: Buffer.from('sealed') })));
    },
    decode: (payloads: Payload[]) => Promise.resolve(payloads),
    warmUp: () => {
      other.warmUps += 1;
      return Promise.resolve();
    },
    decodeOnly: () => new ReplayCodec({ ...other, toJSON: () => ({}) }),
    toJSON: () => ({}),
  };
  return other;
}

describe('a connection of a Worker', () => {
  const address = 'temporal:7233';

  it('does not compress what is encrypted', () => {
    const { grpcCompression } = new EnvelopePlugin({ keyring: keyring() }).configureNativeConnection({
      address,
    });
    expect(grpcCompression).toEqual({ codec: 'none' });
  });

  it('does what its options say, and what the SDK does where nothing is encrypted', () => {
    const gzip = { address, grpcCompression: { codec: 'gzip' } } as const;
    expect(new EnvelopePlugin({ keyring: keyring() }).configureNativeConnection(gzip)).toBe(gzip);
    const reading = new EnvelopePlugin({ keyring: keyring(), encrypt: false });
    expect(reading.configureNativeConnection({ address })).toEqual({ address });
  });
});

describe('with a codec that encrypts in another format, and encrypt: false', () => {
  const reading = (): EnvelopeCodec => new EnvelopeCodec({ keyring: keyring(), encrypt: false });
  const encrypting = failureConverterPath();

  it('failures are encoded, whichever of the two the chain holds it in', () => {
    const inPlugin = new EnvelopePlugin({ codecs: [otherFormat(), reading()] });
    const inApplication = new EnvelopePlugin({ codec: reading() });
    const dataConverter = { payloadCodecs: [otherFormat()] };
    const paths = [
      inPlugin.configureClient({}).dataConverter,
      inApplication.configureClient({ dataConverter }).dataConverter,
      inPlugin.configureReplayWorker({ workflowsPath: '/w' }).dataConverter,
      withEnvelope(dataConverter, reading()),
      // As what a plugin that is registered twice is given.
      inPlugin.configureClient(inPlugin.configureClient({})).dataConverter,
    ].map((converter) => (converter as { failureConverterPath?: string } | undefined)?.failureConverterPath);
    expect(paths).toEqual(paths.map(() => encrypting));
    expect(inPlugin.configureBundler({ workflowsPath: '/w' }).failureConverterPath).toBe(encrypting);
  });

  it('the failure converter of a stage that encrypts nothing is refused', () => {
    const failureConverterPath = pathOfReading();
    const plugin = new EnvelopePlugin({ codecs: [otherFormat(), reading()] });
    expect(() => plugin.configureClient({ dataConverter: { failureConverterPath } })).toThrow(/in clear/);
    expect(() => plugin.configureBundler({ workflowsPath: '/w', failureConverterPath })).toThrow(/in clear/);
    const dataConverter = { payloadCodecs: [otherFormat()], failureConverterPath };
    expect(() => new EnvelopePlugin({ codec: reading() }).configureClient({ dataConverter })).toThrow(
      /in clear/,
    );
  });

  it('a bundle of that stage is refused by a Worker, and the other codec is warmed up', async () => {
    const other = otherFormat();
    const plugin = new EnvelopePlugin({ codecs: [other, reading()] });
    const workflowBundle = { code: 'waxseal:decode-only-failure-converter' };
    await expect(plugin.configureWorker({ taskQueue: 't', workflowBundle })).rejects.toThrow(/in clear/);
    await plugin.configureWorker({ taskQueue: 't' });
    expect(other.warmUps).toBe(1);
  });

  it('replay has nothing encrypted', async () => {
    const other = otherFormat();
    const plugin = new EnvelopePlugin({ codecs: [other, reading()] });
    const { dataConverter } = plugin.configureReplayWorker({ workflowsPath: '/w' });
    const [encoded] = (await dataConverter?.payloadCodecs?.[0]?.encode([payload])) ?? [];
    expect(Buffer.from(encoded?.metadata?.['encoding'] ?? []).toString()).toBe('binary/null');
    expect(other.encodes).toBe(0);
  });

  it('without it, failures stay readable to those that do not have the plugin yet', () => {
    const { dataConverter } = new EnvelopePlugin({ codec: reading() }).configureClient({});
    expect((dataConverter as { failureConverterPath?: string }).failureConverterPath).toBe(pathOfReading());
  });
});

function pathOfReading(): string {
  return failureConverterPath({ encrypt: false });
}

describe('EnvelopePlugin', () => {
  it('refuses the failure converter of a stage that encrypts nothing', () => {
    const path = failureConverterPath({ encrypt: false });
    const encrypting = new EnvelopePlugin({ keyring: keyring() });
    const text = /decode-only-failure-converter.*in clear/;
    const dataConverter = { failureConverterPath: path };
    expect(() => encrypting.configureClient({ dataConverter })).toThrow(text);
    expect(() => encrypting.configureBundler({ workflowsPath: '/w', failureConverterPath: path })).toThrow(
      text,
    );
    expect(() => withEnvelope(dataConverter, encrypting.codec)).toThrow(text);
    const reading = new EnvelopePlugin({ keyring: keyring(), encrypt: false });
    expect(withEnvelope(dataConverter, reading.codec).failureConverterPath).toBe(path);
    for (const { codec } of [encrypting, reading]) codec.close();
  });

  it("encrypts last, after the user's codecs, and undoes them in the opposite order", async () => {
    const plugin = new EnvelopePlugin({ keyring: keyring() });
    const mine = [naming('a'), naming('b')];
    const { dataConverter } = plugin.configureClient({ dataConverter: { payloadCodecs: mine } });
    const { stored, back } = await throughCodecs(dataConverter?.payloadCodecs ?? []);
    expect(Buffer.from(stored[0]?.metadata?.['encoding'] ?? []).toString()).toBe('binary/envelope');
    const [inner] = await plugin.codec.decode(stored);
    expect(Buffer.from(inner?.data ?? []).toString()).toBe('ba"secret"');
    expect(Buffer.from(back[0]?.data ?? []).toString()).toBe('"secret"');
    expect(mine).toHaveLength(2);
  });

  it("keeps the user's converters, and adds a failure converter where there is none", () => {
    const plugin = new EnvelopePlugin({ keyring: keyring() });
    const kept = plugin.configureClient({
      dataConverter: { payloadConverterPath: '/p.js', failureConverterPath: '/f.js' },
    });
    expect(kept.dataConverter).toMatchObject({
      payloadConverterPath: '/p.js',
      failureConverterPath: '/f.js',
    });
    expect(plugin.configureClient({}).dataConverter?.failureConverterPath).toBe(failureConverterPath());
    expect(plugin.configureBundler({ workflowsPath: '/w' }).failureConverterPath).toBe(
      failureConverterPath(),
    );
    expect(
      plugin.configureBundler({ workflowsPath: '/w', failureConverterPath: '/f.js' }).failureConverterPath,
    ).toBe('/f.js');
  });

  it.each([
    ['the same plugin twice', (options: EnvelopeCodecOptions, first: EnvelopePlugin) => first],
    ['two plugins of the same keyring', (options: EnvelopeCodecOptions) => new EnvelopePlugin(options)],
  ])('encrypts once with %s', async (_name, second) => {
    const options = { keyring: keyring() };
    const first = new EnvelopePlugin(options);
    for (const payloadCodecs of [[], [naming('a')]]) {
      const once = first.configureClient({ dataConverter: { payloadCodecs } });
      const twice = second(options, first).configureClient(once);
      expect(twice.dataConverter?.payloadCodecs).toEqual(once.dataConverter?.payloadCodecs);
      const { back } = await throughCodecs(twice.dataConverter?.payloadCodecs ?? []);
      expect(Buffer.from(back[0]?.data ?? []).toString()).toBe('"secret"');

      const replay = second(options, first).configureReplayWorker(
        first.configureReplayWorker({ workflowsPath: '/w', dataConverter: { payloadCodecs } }),
      );
      let opened = await first.codec.encode(
        payloadCodecs.length === 0 ? [payload] : await naming('a').encode([payload]),
      );
      for (const codec of (replay.dataConverter?.payloadCodecs ?? []).toReversed())
        opened = await codec.decode(opened);
      expect(Buffer.from(opened[0]?.data ?? []).toString()).toBe('"secret"');
    }
  });

  it('refuses two envelope codecs of which one would have no effect', () => {
    const first = new EnvelopePlugin({ keyring: keyring() });
    const second = new EnvelopePlugin({ keyring: keyring() });
    expect(() => second.configureClient(first.configureClient({}))).toThrow(ConfigurationError);
    const shared = keyring();
    const strict = new EnvelopePlugin({ keyring: shared, requireEncryption: true });
    const lax = new EnvelopePlugin({ keyring: shared });
    expect(() => strict.configureClient(lax.configureClient({}))).toThrow(ConfigurationError);
  });

  it.each([
    ['nothing', undefined],
    [
      'a codec and an option of one',
      { codec: new EnvelopeCodec({ keyring: keyring() }), requireEncryption: true },
    ],
    ['no codec', { codec: undefined, keyring: keyring() }],
    ['another codec', { codec: naming('a') }],
    ['a misspelt option', { keyring: keyring(), requireEncription: true }],
  ])('refuses %s', (_name, options) => {
    expect(() => new EnvelopePlugin(options as unknown as EnvelopeCodecOptions)).toThrow(ConfigurationError);
  });

  it('refuses a workflow bundle that was built without it', async () => {
    const plugin = new EnvelopePlugin({ keyring: keyring() });
    const workflowBundle = { code: 'var workflows = {};' };
    await expect(plugin.configureWorker({ taskQueue: 'q', workflowBundle })).rejects.toMatchObject({
      code: 'WAXSEAL_CONFIGURATION',
    });
    const dataConverter = { failureConverterPath: '/of/my/own.js' };
    await expect(
      plugin.configureWorker({ taskQueue: 'q', workflowBundle, dataConverter }),
    ).resolves.toBeDefined();
  });

  it('makes one codec of a chain that the user has put together, so that failures are redacted behind a compressor', async () => {
    const key = switchableKey(new LocalKey({ id: 'k', key: randomBytes(32) }));
    const codec = new EnvelopeCodec({ keyring: new Keyring({ primary: key }) });
    const plugin = new EnvelopePlugin({ codec });
    expect(
      plugin.configureClient({ dataConverter: { payloadCodecs: [codec] } }).dataConverter?.payloadCodecs,
    ).toEqual([codec]);
    const { dataConverter } = plugin.configureClient({
      dataConverter: { payloadCodecs: [naming('a'), codec] },
    });
    key.isDown = true;
    const [chain] = dataConverter?.payloadCodecs ?? [];
    const [redacted] = (await chain?.encode([markFailurePayload(payload, 'details')])) ?? [];
    expect(Buffer.from(redacted?.metadata?.['encoding'] ?? []).toString()).toBe('binary/waxseal-redacted');
    await expect(chain?.encode([payload])).rejects.toMatchObject({ code: 'WAXSEAL_KEY_SERVICE' });
  });

  describe('with a codec that seals by an envelope codec', () => {
    /** One that keeps nothing anywhere, and counts what it is asked. */
    function sealing(codec: EnvelopeCodec) {
      const asked: string[] = [];
      return {
        asked,
        [SEALS_BY]: codec,
        warmUp: async () => {
          asked.push('warmUp');
          await codec.warmUp();
        },
        decodeOnly: () => {
          asked.push('decodeOnly');
          return codec.decodeOnly();
        },
        encode: (payloads: Payload[]) => codec.encode(payloads),
        decode: (payloads: Payload[]) => codec.decode(payloads),
      };
    }

    it('puts it where the envelope codec would be, warms it up, and replays by it', async () => {
      const inner = new EnvelopeCodec({ keyring: keyring() });
      const codec = sealing(inner);
      const plugin = new EnvelopePlugin({ codec });
      expect(plugin.codec).toBe(inner);
      expect(plugin.configureClient({}).dataConverter?.payloadCodecs).toEqual([codec]);
      const { dataConverter } = await plugin.configureWorker({ taskQueue: 'q' });
      expect(dataConverter?.payloadCodecs).toEqual([codec]);
      expect(codec.asked).toEqual(['warmUp']);
      plugin.configureReplayWorker({ workflowsPath: '/w' });
      expect(codec.asked).toEqual(['warmUp', 'decodeOnly']);
      // Registered twice, it is there once.
      const twice = plugin.configureClient(plugin.configureClient({}));
      expect(twice.dataConverter?.payloadCodecs).toEqual([codec]);
    });

    it('takes a whole chain, as loadConfig() gives it', async () => {
      const codec = sealing(new EnvelopeCodec({ keyring: keyring() }));
      const plugin = new EnvelopePlugin({ codecs: [naming('a'), codec] });
      const { dataConverter } = await plugin.configureWorker({ taskQueue: 'q' });
      expect(dataConverter?.payloadCodecs).toHaveLength(1);
      expect(codec.asked).toEqual(['warmUp']);
      let opened = (await dataConverter?.payloadCodecs?.[0]?.encode([payload])) ?? [];
      opened = (await dataConverter?.payloadCodecs?.[0]?.decode(opened)) ?? [];
      expect(Buffer.from(opened[0]?.data ?? []).toString()).toBe('"secret"');
    });

    it('stands beside a plugin with the envelope codec alone, and not the other way round', () => {
      const inner = new EnvelopeCodec({ keyring: keyring() });
      const codec = sealing(inner);
      const plain = new EnvelopePlugin({ codec: inner });
      const { dataConverter } = plain.configureClient({ dataConverter: { payloadCodecs: [codec] } });
      expect(dataConverter?.payloadCodecs).toEqual([codec]);
      const tokens = new EnvelopePlugin({ codec });
      expect(() => tokens.configureClient(plain.configureClient({}))).toThrow(ConfigurationError);
    });

    it('refuses codecs behind it, which would get tokens', () => {
      const codec = sealing(new EnvelopeCodec({ keyring: keyring() }));
      const plugin = new EnvelopePlugin({ codec: codec[SEALS_BY] });
      expect(() =>
        plugin.configureClient({ dataConverter: { payloadCodecs: [codec, naming('a')] } }),
      ).toThrow(/must be the last one/);
    });

    it.each([
      ['codecs of which the last does not seal', { codecs: [naming('a')] }],
      ['no codecs', { codecs: [] }],
      ['both', { codec: new EnvelopeCodec({ keyring: keyring() }), codecs: [] }],
      ['codecs and an option', { codecs: [new EnvelopeCodec({ keyring: keyring() })], encrypt: false }],
    ])('refuses %s', (_name, options) => {
      expect(() => new EnvelopePlugin(options as unknown as EnvelopeCodecOptions)).toThrow(
        ConfigurationError,
      );
    });
  });

  it('warms up before a worker is made', async () => {
    const key = switchableKey(new LocalKey({ id: 'k', key: randomBytes(32) }));
    const plugin = new EnvelopePlugin({ keyring: new Keyring({ primary: key }) });
    await plugin.configureWorker({ taskQueue: 'q' });
    await plugin.configureWorker({ taskQueue: 'q' });
    expect(key.wraps).toBe(1);
  });

  it('lets no worker start without a data key', async () => {
    const key = switchableKey(new LocalKey({ id: 'k', key: randomBytes(32) }));
    key.isDown = true;
    const plugin = new EnvelopePlugin({ keyring: new Keyring({ primary: key }) });
    await expect(plugin.configureWorker({ taskQueue: 'q' })).rejects.toMatchObject({
      code: 'WAXSEAL_KEY_SERVICE',
      reason: 'unavailable',
    });
    const readOnly = new EnvelopePlugin({ keyring: new Keyring({ decryptOnly: [key] }) });
    await expect(readOnly.configureWorker({ taskQueue: 'q' })).rejects.toMatchObject({
      code: 'WAXSEAL_CONFIGURATION',
    });
  });

  it.each([
    ['alone', () => []],
    ["behind the user's codec", () => [naming('a')]],
    ['in the place of the codec that the user configured', (codec: EnvelopeCodec) => [codec]],
  ])('replays without a wrap, %s', async (_name, codecsOf) => {
    const key = switchableKey(new LocalKey({ id: 'k', key: randomBytes(32) }));
    const plugin = new EnvelopePlugin({ keyring: new Keyring({ primary: key }) });
    const { dataConverter } = plugin.configureReplayWorker({
      workflowsPath: '/w',
      dataConverter: { payloadCodecs: codecsOf(plugin.codec) },
    });
    const codecs = dataConverter?.payloadCodecs ?? [];
    expect(codecs.some(isEnvelopeCodec)).toBe(false);
    let stored = [payload];
    for (const codec of codecs) stored = await codec.encode(stored);
    expect(key.wraps).toBe(0);
    expect(JSON.stringify(stored)).not.toContain(JSON.stringify(Buffer.from('secret')).slice(20, -3));
  });

  it('shows key IDs at most', () => {
    const key = randomBytes(32);
    const plugin = new EnvelopePlugin({
      keyring: new Keyring({ primary: new LocalKey({ id: 'the-id', key }) }),
    });
    const shown = `${inspect(plugin, { depth: 20, showHidden: true })}${JSON.stringify(plugin)}`;
    expect(shown).toContain('the-id');
    for (const form of [key.toString('hex'), key.toString('base64'), [...key].join(', ')])
      expect(shown).not.toContain(form);
  });
});

describe('with encrypt: false', () => {
  const plugin = new EnvelopePlugin({ keyring: keyring(), encrypt: false });
  const decodeOnly = failureConverterPath({ encrypt: false });

  it('everything passes, and errors stay where the SDK has them', async () => {
    const { dataConverter } = plugin.configureClient({ dataConverter: { payloadCodecs: [naming('a')] } });
    expect(dataConverter?.failureConverterPath).toBe(decodeOnly);
    expect(plugin.configureBundler({ workflowsPath: '/w' }).failureConverterPath).toBe(decodeOnly);
    const { stored, back } = await throughCodecs(dataConverter?.payloadCodecs ?? []);
    expect(Buffer.from(stored[0]?.data ?? []).toString()).toBe('a"secret"');
    expect(Buffer.from(back[0]?.data ?? []).toString()).toBe('"secret"');
  });

  it('a Worker takes any bundle, and one that encrypts none of this stage', async () => {
    const bundleOf = (path: string) => ({
      code: [path, join(dirname(path), 'envelope-failure-converter.ts')]
        .map((each) => readFileSync(each, 'utf8'))
        .join('\n'),
    });
    const bundles = ['var none;', bundleOf(decodeOnly).code, bundleOf(failureConverterPath()).code];
    for (const code of bundles) {
      await expect(
        plugin.configureWorker({ taskQueue: 'q', workflowBundle: { code } }),
      ).resolves.toBeDefined();
    }
    const encrypting = new EnvelopePlugin({ keyring: keyring() });
    const results = await Promise.allSettled(
      bundles.map((code) => encrypting.configureWorker({ taskQueue: 'q', workflowBundle: { code } })),
    );
    expect(results.map(({ status }) => status)).toEqual(['rejected', 'rejected', 'fulfilled']);
    // Also where a data converter was made by hand with the path of this package.
    const dataConverter = withEnvelope(undefined, encrypting.codec);
    const byHand = encrypting.configureWorker({
      taskQueue: 'q',
      dataConverter,
      workflowBundle: { code: 'var none;' },
    });
    await expect(byHand).rejects.toBeInstanceOf(ConfigurationError);
  });

  it('does not stand beside one that encrypts', () => {
    const shared = keyring();
    const encrypting = new EnvelopePlugin({ keyring: shared });
    const reading = new EnvelopePlugin({ keyring: shared, encrypt: false });
    expect(() => reading.configureClient(encrypting.configureClient({}))).toThrow(ConfigurationError);
  });
});

describe('failureConverterPath of the plugin', () => {
  it("takes the place of the package's own for Workers and bundles, and is no matter to clients", async () => {
    const plugin = new EnvelopePlugin({
      keyring: keyring(),
      failureConverterPath: '/elsewhere/converter.cjs',
    });
    const { dataConverter } = await plugin.configureWorker({ taskQueue: 'q' });
    expect(dataConverter?.failureConverterPath).toBe('/elsewhere/converter.cjs');
    expect(plugin.configureBundler({ workflowsPath: '/w' }).failureConverterPath).toBe(
      '/elsewhere/converter.cjs',
    );
    expect(plugin.configureClient({}).dataConverter?.failureConverterPath).toBe(failureConverterPath());
    const workflowBundle = { code: 'var none;' };
    await expect(plugin.configureWorker({ taskQueue: 'q', workflowBundle })).rejects.toThrow(
      'workflow bundle',
    );
  });

  it.each([7, '', './converter.js', 'converter.js'])('refuses %j', (path) => {
    const options = { keyring: keyring(), failureConverterPath: path as string };
    expect(() => new EnvelopePlugin(options)).toThrow(/absolute path/);
  });
});

describe('withEnvelope', () => {
  it('does for a bare data converter what the plugin does', () => {
    const codec = new EnvelopeCodec({ keyring: keyring() });
    expect(withEnvelope(undefined, codec)).toEqual({
      payloadCodecs: [codec],
      failureConverterPath: failureConverterPath(),
    });
  });
});

describe('ReplayCodec', () => {
  it('gives an empty payload for each, and opens what the codec sealed for another context', async () => {
    const codec = new EnvelopeCodec({ keyring: keyring(), binding: 'workflow' });
    const replay = new ReplayCodec(codec);
    const context = { type: 'workflow', namespace: 'orders', workflowId: 'w' } as const;
    const sealed = await codec.encode([payload], context);
    const [opened] = await replay.decode(sealed);
    expect(Buffer.from(opened?.data ?? []).toString()).toBe('"secret"');
    const discarded = await replay.encode([payload, payload]);
    expect(discarded).toHaveLength(2);
    expect(discarded.every(({ data }) => (data?.length ?? 0) === 0)).toBe(true);
  });
});

describe('a tolerant codec', () => {
  it('is taken by a client, and encrypts once', () => {
    const plugin = new EnvelopePlugin({ keyring: keyring() });
    const tolerant = plugin.codec.tolerant();
    const { dataConverter } = plugin.configureClient({ dataConverter: { payloadCodecs: [tolerant] } });
    expect(dataConverter?.payloadCodecs).toEqual([tolerant]);
  });

  it.each(['alone', 'behind another'])('is refused by a Worker, %s', async (where) => {
    const plugin = new EnvelopePlugin({ keyring: keyring() });
    const tolerant = plugin.codec.tolerant();
    const payloadCodecs = where === 'alone' ? [tolerant] : [naming('a'), tolerant];
    const worker = plugin.configureWorker({ taskQueue: 'q', dataConverter: { payloadCodecs } });
    await expect(worker).rejects.toThrow('tolerant');
    await expect(worker).rejects.toBeInstanceOf(ConfigurationError);
  });
});

it('a chain tells the telemetry of failures that were redacted', async () => {
  const redacted: string[] = [];
  const plugin = new EnvelopePlugin({
    keyring: keyring(),
    telemetry: { failureRedacted: (part) => redacted.push(part) },
  });
  const { dataConverter } = plugin.configureClient({ dataConverter: { payloadCodecs: [naming('a')] } });
  plugin.codec.close();
  for (const codec of dataConverter?.payloadCodecs ?? []) {
    await codec.encode([markFailurePayload(payload, 'attributes'), markFailurePayload(payload, 'details')]);
  }
  expect(redacted).toEqual(['attributes', 'details']);
});

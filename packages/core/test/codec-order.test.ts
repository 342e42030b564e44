import { describe, expect, it } from '@jest/globals';
import type { PayloadCodec } from '@temporalio/common';
import fc from 'fast-check';
import { EnvelopeCodec, Keyring } from '../src';
import {
  assertCodecChain,
  CODEC_STAGE,
  type CodecStage,
  noteConfigured,
  SEALS_BY,
  stageOf,
} from '../src/internal';
import { TestKey } from './support/test-key';

const asIs: PayloadCodec = {
  encode: (payloads) => Promise.resolve(payloads),
  decode: (payloads) => Promise.resolve(payloads),
};
const staged = (stage: CodecStage): PayloadCodec => ({ ...asIs, [CODEC_STAGE]: stage }) as PayloadCodec;
const envelope = new EnvelopeCodec({ keyring: new Keyring({ primary: new TestKey('k1') }) });
const tokens = { ...asIs, [SEALS_BY]: envelope } as PayloadCodec;
const CODECS = { none: asIs, compress: staged('compress'), read: staged('read'), encrypt: envelope, tokens };

describe('the order of codecs', () => {
  it.each(['compress', 'read', 'encrypt', 'substitute'] as const)('is told by a codec: %s', (stage) => {
    expect(stageOf(staged(stage))).toBe(stage);
  });

  it('is known of Waxseal’s own, and of nothing else', () => {
    expect([envelope, tokens, asIs].map(stageOf)).toEqual(['encrypt', 'substitute', undefined]);
  });

  it('is refused exactly where compression comes late, something follows tokens, or two encrypt', () => {
    const names = fc.array(fc.constantFrom(...(Object.keys(CODECS) as (keyof typeof CODECS)[])), {
      maxLength: 5,
    });
    fc.assert(
      fc.property(names, (chain) => {
        const isTokenEarly = chain.slice(0, -1).includes('tokens');
        const isCompressionLate = chain.some(
          (name, index) =>
            name === 'compress' &&
            chain.slice(0, index).some((before) => before === 'read' || before === 'encrypt'),
        );
        const check = (): void => {
          assertCodecChain(
            chain.map((name) => CODECS[name]),
            'payloadCodecs',
          );
        };
        if (isTokenEarly || isCompressionLate)
          expect(check).toThrow(/^payloadCodecs: .+ must (be the last one|stand before)/);
        else if (chain.filter((name) => name === 'encrypt' || name === 'tokens').length > 1)
          expect(check).toThrow(/^payloadCodecs: .+ both encrypt/);
        else expect(check).not.toThrow();
      }),
    );
  });
});

describe('a codec that writes another format', () => {
  const writer = staged('encrypt');
  const keyring = new Keyring({ primary: new TestKey('k1') });

  it('is refused beside an EnvelopeCodec that encrypts too, and not beside one that only reads', () => {
    expect(() => {
      assertCodecChain([writer, new EnvelopeCodec({ keyring })], 'codecs');
    }).toThrow(/^codecs: the codec in place 1 and EnvelopeCodec both encrypt.* encrypt: false/);
    assertCodecChain([writer, new EnvelopeCodec({ keyring, encrypt: false })], 'codecs');
  });
});

describe('an envelope codec of a configuration', () => {
  const codec = new EnvelopeCodec({ keyring: new Keyring({ primary: new TestKey('k1') }) });
  const withinTokens = { ...asIs, [SEALS_BY]: codec } as PayloadCodec;

  it('is refused without the others, and taken with them and more, in each chain that it is of', () => {
    const [one, two] = [staged('compress'), staged('compress')];
    assertCodecChain([codec], 'codecs');
    noteConfigured([one, codec]);
    const alone = (): void => {
      assertCodecChain([codec], 'codecs');
    };
    expect(alone).toThrow(
      /^codecs: .* has the codec in place 1 too, which would be left out\. .*\{ codecs \}/,
    );
    assertCodecChain([one, asIs, codec], 'codecs');
    noteConfigured([two, codec]);
    assertCodecChain([one, codec], 'codecs');
    assertCodecChain([two, codec], 'codecs');
    expect(alone).toThrow('would be left out');
    expect(Object.keys(codec)).toEqual([]);
  });

  it('is taken where another codec seals by it, with the others', () => {
    const own = new EnvelopeCodec({ keyring: new Keyring({ primary: new TestKey('k1') }) });
    const around = { ...asIs, [SEALS_BY]: own } as PayloadCodec;
    noteConfigured([own]);
    assertCodecChain([around], 'codecs');
    const other = new EnvelopeCodec({ keyring: new Keyring({ primary: new TestKey('k1') }) });
    noteConfigured([asIs, other]);
    expect(() => {
      assertCodecChain([{ ...asIs, [SEALS_BY]: other } as PayloadCodec], 'codecs');
    }).toThrow('would be left out');
  });

  it('is refused in the place of what keeps payloads elsewhere', () => {
    noteConfigured([withinTokens]);
    assertCodecChain([withinTokens], 'codecs');
    expect(() => {
      assertCodecChain([codec], 'codecs');
    }).toThrow('would be left out');
  });
});

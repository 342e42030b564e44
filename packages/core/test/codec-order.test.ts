import { describe, expect, it } from '@jest/globals';
import type { PayloadCodec } from '@temporalio/common';
import fc from 'fast-check';
import { EnvelopeCodec, Keyring } from '../src';
import { assertCodecOrder, CODEC_STAGE, type CodecStage, SEALS_BY, stageOf } from '../src/internal';
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

  it('is refused exactly where compression comes late or something follows tokens', () => {
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
          assertCodecOrder(
            chain.map((name) => CODECS[name]),
            'payloadCodecs',
          );
        };
        if (isTokenEarly || isCompressionLate)
          expect(check).toThrow(/^payloadCodecs: .+ must (be the last one|stand before)/);
        else expect(check).not.toThrow();
      }),
    );
  });
});

import type { PayloadCodec } from '@temporalio/common';
import { ConfigurationError } from '../base/errors';
import { envelopeCodecOf, isEnvelopeCodec, isSealingCodec } from './envelope-codec';

/** By what a codec says what it does to payloads. */
export const CODEC_STAGE: unique symbol = Symbol.for('@waxseal/core/codecStage');

/**
 * What a codec does to payloads, as far as its place in a chain depends on it:
 *
 * - `compress`: makes them smaller, which what is encrypted can no longer be
 * - `read`: opens what others have encrypted, and passes on what it is given to encode
 * - `encrypt`: encrypts, and so hides from codecs behind it what payloads hold
 * - `substitute`: keeps them elsewhere, and leaves a token
 */
export type CodecStage = 'compress' | 'read' | 'encrypt' | 'substitute';

/** A codec that says what it does. */
export interface StagedCodec extends PayloadCodec {
  readonly [CODEC_STAGE]: CodecStage;
}

/** What a codec does; `undefined` where it does not say. */
export function stageOf(codec: PayloadCodec): CodecStage | undefined {
  if (isEnvelopeCodec(codec)) return 'encrypt';
  if (isSealingCodec(codec)) return 'substitute';
  return CODEC_STAGE in codec ? (codec as StagedCodec)[CODEC_STAGE] : undefined;
}

/**
 * Whether what a codec writes is encrypted: an envelope codec's is without `encrypt: false`, and a codec that
 * seals by another one writes as that does.
 */
export function encryptsPayloads(codec: PayloadCodec): boolean {
  const stage = stageOf(codec);
  return envelopeCodecOf(codec)?.encrypts ?? (stage === 'encrypt' || stage === 'substitute');
}

const CONFIGURED: unique symbol = Symbol.for('@waxseal/core/configuredCodecs');

/** A codec of a configuration, which is not kept for what others check. */
interface Configured {
  readonly codec: WeakRef<PayloadCodec>;
  readonly name: string;
}

interface ConfiguredCodec extends PayloadCodec {
  [CONFIGURED]?: readonly (readonly Configured[])[];
}

/**
 * Notes that a configuration has these codecs, so that its envelope codec is not used without the others:
 * what they write would not be read, and what they should do would be left out without a word.
 *
 * @param codecs all of them, in the order in which they encode
 * @returns the same
 */
export function noteConfigured(codecs: readonly PayloadCodec[]): readonly PayloadCodec[] {
  const chain = codecs.map((codec, place) => ({ codec: new WeakRef(codec), name: nameIn(codecs, place) }));
  for (const codec of codecs) {
    const envelope: ConfiguredCodec | undefined = envelopeCodecOf(codec);
    if (envelope === undefined) continue;
    // A file's module is loaded once, and its codec can be in the chains of several calls. Nobody can give
    // a chain whose codecs are gone.
    const others = (envelope[CONFIGURED] ?? []).filter((each) => each.every((one) => one.codec.deref()));
    Object.defineProperty(envelope, CONFIGURED, { value: [...others, chain], configurable: true });
  }
  return codecs;
}

/**
 * Checks that codecs can work as one: that they stand in the order compress, encrypt, substitute; that one at
 * most encrypts; and that an envelope codec of a configuration has all others of it beside. Those that read
 * stand anywhere behind those that compress, since what others encrypted may have been compressed before.
 *
 * @param codecs in the order in which they encode, without chains among them
 * @param setting what holds them, for the message
 * @throws ConfigurationError that names the codecs
 */
export function assertCodecChain(codecs: readonly PayloadCodec[], setting: string): void {
  assertOrder(codecs, setting);
  const encrypting = [...codecs.keys()].filter((place) => encryptsPayloads(codecs[place] as PayloadCodec));
  const [one, other] = encrypting;
  if (one !== undefined && other !== undefined) {
    throw new ConfigurationError(
      `${setting}: ${nameIn(codecs, one)} and ${nameIn(codecs, other)} both encrypt, so that neither's readers could read what is written. ` +
        'Let one of them only read: leave out what has it write, or set encrypt: false of the EnvelopeCodec (docs/migrating.md).',
    );
  }
  for (const codec of codecs) {
    const chains = (envelopeCodecOf(codec) as ConfiguredCodec | undefined)?.[CONFIGURED] ?? [];
    const missing = chains.map((chain) => chain.filter((each) => !isAmong(codecs, each.codec.deref())));
    const newest = missing.at(-1);
    if (newest === undefined || missing.some(({ length }) => length === 0)) continue;
    const names = newest.map(({ name }) => name).join(', ');
    throw new ConfigurationError(
      `${setting}: the configuration that this EnvelopeCodec is of has ${names} too, which would be left out. Give all its codecs: const { codecs } = await loadConfig(), and { codecs } in the place of { codec }.`,
    );
  }
}

/** Whether a codec is there: an envelope codec also where another one seals by it. */
function isAmong(codecs: readonly PayloadCodec[], codec: PayloadCodec | undefined): boolean {
  if (codec === undefined) return false;
  return codecs.includes(codec) || (isEnvelopeCodec(codec) && codecs.map(envelopeCodecOf).includes(codec));
}

function assertOrder(codecs: readonly PayloadCodec[], setting: string): void {
  const stages = codecs.map(stageOf);
  const substituting = stages.indexOf('substitute');
  if (substituting !== -1 && substituting !== codecs.length - 1) {
    throw new ConfigurationError(
      `${setting}: ${nameIn(codecs, substituting)} must be the last one, and stands before ${nameIn(codecs, substituting + 1)}. Temporal encodes in the order of the array, so put compression before it; encryption is within it.`,
    );
  }
  const first = stages.findIndex((stage) => stage === 'read' || stage === 'encrypt');
  const late = first === -1 ? -1 : stages.indexOf('compress', first);
  if (late === -1) return;
  throw new ConfigurationError(
    stages[first] === 'read'
      ? `${setting}: ${nameIn(codecs, late)} must stand before ${nameIn(codecs, first)}. What others encrypted they may have compressed before, and decoding goes from the last codec to the first.`
      : `${setting}: ${nameIn(codecs, late)} must stand before ${nameIn(codecs, first)}. Temporal encodes in the order of the array, and what is encrypted cannot be compressed.`,
  );
}

/** The class of a codec, or its place where it is of none that has a name. */
function nameIn(codecs: readonly PayloadCodec[], index: number): string {
  const { name } = (codecs[index] as { readonly constructor?: { readonly name?: string } }).constructor ?? {};
  return name === undefined || name === '' || name === 'Object'
    ? `the codec in place ${String(index + 1)}`
    : name;
}

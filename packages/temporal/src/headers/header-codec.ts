import type { Headers, Payload, PayloadCodec, SerializationContext } from '@temporalio/common';
import { type DecodeRequest, isWaxsealError } from '@waxseal/core';
import { ENVELOPE_ENCODING } from '@waxseal/core/internal';
import { CodecChain } from '../codec-chain';
import { HeaderError } from './header-error';
import { type HeaderMode, isSealing } from './header-options';

/**
 * Encodings of Temporal's own payload converters. A value in one of them is in clear, and no codec is asked:
 * a codec that requires encryption would refuse what interceptors of other clients send.
 */
const CLEAR_ENCODINGS: ReadonlySet<string> = new Set([
  '',
  'binary/null',
  'binary/plain',
  'binary/protobuf',
  'json/plain',
  'json/protobuf',
]);

/** Encodings of what Waxseal's codecs seal: an envelope, and the token that stands for one. */
const SEALED_ENCODINGS: ReadonlySet<string> = new Set([ENVELOPE_ENCODING, 'binary/uuid-sub']);

/** Values of one workflow task that are encoded or decoded at a time, as the SDK bounds its payloads. */
const MAX_AT_A_TIME = 20;

/**
 * Encodes and decodes headers as the Ruby and .NET SDKs do, and Python's with `HeaderCodecBehavior.CODEC`:
 * each value goes through all codecs by itself, and names stay in clear.
 */
export class HeaderCodec {
  readonly #chain: CodecChain;
  readonly #mode: HeaderMode;
  /** Whether what is sent is sealed. */
  readonly seals: boolean;

  /**
   * @param codecs in the order in which they encode
   * @param encrypts whether they encrypt: where not, nothing is sealed
   */
  constructor(codecs: readonly PayloadCodec[], mode: HeaderMode, encrypts: boolean) {
    this.#chain = new CodecChain(codecs);
    this.#mode = mode;
    this.seals = encrypts && isSealing(mode);
  }

  /**
   * @returns a map with the same names, to be sent
   * @throws what the codecs throw; never is a value sent in clear in its place
   */
  async encode(headers: Headers, context: SerializationContext | undefined): Promise<Headers> {
    if (!this.seals) return headers;
    return mapValues(headers, (value) => this.encodeValue(value, context));
  }

  /**
   * Decodes values as those of one request, so that limits are those of all together.
   *
   * @returns a map with the same names, to be read
   * @throws HeaderError as the mode says, and what the codecs throw
   */
  async decode(headers: Headers, context: SerializationContext | undefined): Promise<Headers> {
    const request: DecodeRequest = {};
    return mapValues(headers, (value, name) => this.decodeValue(value, name, context, request));
  }

  async encodeValue(value: Payload, context: SerializationContext | undefined): Promise<Payload> {
    return only(await this.#chain.encode([value], context));
  }

  async decodeValue(
    value: Payload,
    name: string,
    context: SerializationContext | undefined,
    request: DecodeRequest,
  ): Promise<Payload> {
    const encoding = encodingOf(value);
    if (this.#mode === 'leave') {
      if (SEALED_ENCODINGS.has(encoding)) throw new HeaderError('not-read', name);
      return value;
    }
    // Only what these seal is proof of a key: what is compressed, or of an earlier codec, opens for anybody.
    if (this.#mode === 'require' && !SEALED_ENCODINGS.has(encoding)) throw new HeaderError('in-clear', name);
    const decoded = CLEAR_ENCODINGS.has(encoding) ? value : await this.#opened(value, context, request);
    if (this.#mode === 'require' && encodingOf(decoded) === encoding) throw new HeaderError('in-clear', name);
    return decoded;
  }

  async #opened(
    value: Payload,
    context: SerializationContext | undefined,
    request: DecodeRequest,
  ): Promise<Payload> {
    try {
      return only(await this.#chain.decode([value], context, request));
    } catch (error) {
      // A converter of the application's own has encodings of its own: with requireEncryption, none of ours.
      if (!isWaxsealError(error) || error.code !== 'WAXSEAL_UNENCRYPTED_PAYLOAD') throw error;
      return value;
    }
  }
}

function encodingOf({ metadata }: Payload): string {
  const bytes = metadata?.['encoding'];
  return bytes === undefined ? '' : Buffer.from(bytes).toString('latin1');
}

/** The SDKs take the first of what a codec makes of one payload. */
function only([payload]: Payload[]): Payload {
  if (payload === undefined)
    throw new TypeError('A payload codec made nothing of a header; it must give one payload.');
  return payload;
}

async function mapValues(
  headers: Headers,
  map: (value: Payload, name: string) => Promise<Payload>,
): Promise<Headers> {
  const entries = Object.entries(headers);
  const mapped = new Array<[string, Payload]>(entries.length);
  await forEachBounded([...entries.entries()], async ([index, [name, value]]) => {
    mapped[index] = [name, await map(value, name)];
  });
  return Object.fromEntries(mapped);
}

/**
 * Awaits `act` of each item, {@link MAX_AT_A_TIME} at a time.
 *
 * @throws what the first of them throws, after which none is begun
 */
export async function forEachBounded<T>(items: readonly T[], act: (item: T) => Promise<void>): Promise<void> {
  const left = items.values();
  let failed = false;
  const lane = async (): Promise<void> => {
    for (const item of left) {
      try {
        await act(item);
      } catch (error) {
        failed = true;
        throw error;
      }

      if (failed) return;
    }
  };
  await Promise.all(Array.from({ length: Math.min(MAX_AT_A_TIME, items.length) }, lane));
}

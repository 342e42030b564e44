import { inspect } from 'node:util';
import type { Payload, SerializationContext } from '@temporalio/common';
import { type DecodeRequest, type EnvelopeCodec, type SealingCodec } from '@waxseal/core';
import {
  byteLength,
  decodeRequestOf,
  encodeOrRedact,
  originOf,
  ReplayCodec,
  SEALS_BY,
  serializePayload,
  TolerantCodec,
} from '@waxseal/core/internal';
import { StoreError, type TokenRecord } from '@waxseal/store';
import { NamingKeys } from './naming-keys';
import { RecordCache } from './record-cache';
import { isTokenPayload, nameToken, tokenOf, tokenPayload } from './token';
import { type TokenCodecOptions, tokenCodecSettings, type TokenCodecSettings } from './token-codec-options';
import { isDamage, TokenError } from './token-error';
import { contentOf, parseRecord, recordContent, serializeRecord } from './token-record';

/**
 * A Temporal `PayloadCodec` that keeps payloads in a store, sealed, and leaves a token in their place: a UUID
 * of 16 bytes, `encoding` `binary/uuid-sub` (docs/spec/token.md). What Temporal has then is neither the data
 * nor their ciphertext.
 *
 * It stands last in `payloadCodecs`, in the place of the `EnvelopeCodec` that it is given, and takes the same
 * one that the plugin is given. Payloads that are no tokens it decodes as that codec does, so that it can be
 * put in at any time.
 */
export class TokenCodec implements SealingCodec {
  /** @internal */
  readonly [SEALS_BY]: EnvelopeCodec;

  readonly #settings: TokenCodecSettings;
  readonly #naming: NamingKeys;
  readonly #records: RecordCache;
  /** Bytes that tokens stood for, by request. */
  readonly #spent = new WeakMap<DecodeRequest, number>();

  /** @throws ConfigurationError that names the option */
  constructor(options: TokenCodecOptions) {
    this.#settings = tokenCodecSettings(options);
    const { codec, store, cache } = this.#settings;
    this[SEALS_BY] = codec;
    this.#naming = new NamingKeys(store, codec);
    this.#records = new RecordCache(store, cache);
  }

  /** The codec that seals. */
  get codec(): EnvelopeCodec {
    return this.#settings.codec;
  }

  /**
   * Makes sure that payloads can be sealed, named and kept. The plugin calls it before a Worker polls.
   *
   * @throws KeyServiceError, StoreError and ConfigurationError as codec and store do
   */
  async warmUp(context: { readonly namespace?: string | undefined } = {}): Promise<void> {
    const { codec, store } = this.#settings;
    await Promise.all([codec.warmUp(context), store.check()]);
    if (codec.encrypts) await this.#naming.of(context.namespace ?? '');
  }

  /**
   * Seals payloads, keeps them, and gives tokens. All of them are kept once it resolves, on all machines that
   * the store's quorum asks for.
   *
   * @returns as many payloads, in the same order
   * @throws StoreError when the store does not take them; never plaintext, and no token of what is not kept
   * @throws KeyServiceError as `EnvelopeCodec.encode` does
   */
  encode(payloads: Payload[], context?: SerializationContext): Promise<Payload[]> {
    const { codec } = this.#settings;
    return encodeOrRedact(payloads, (unmarked) => this.#encode(unmarked, context), codec.telemetry);
  }

  async #encode(payloads: Payload[], context: SerializationContext | undefined): Promise<Payload[]> {
    const { codec, threshold, whenUnavailable } = this.#settings;
    const large = new Set(codec.encrypts ? payloads.filter((payload) => sizeOf(payload) > threshold) : []);
    if (large.size === 0) return codec.encode(payloads, context);
    const small = payloads.filter((payload) => !large.has(payload));
    let tokens: Payload[];
    try {
      tokens = await this.#keep([...large], context);
    } catch (error) {
      const isAway = error instanceof StoreError && error.retryable;
      if (!isAway || whenUnavailable === 'reject') throw error;
      return codec.encode(payloads, context);
    }
    const encoded = new Map([...large].map((payload, index) => [payload, tokens[index]]));
    const envelopes = small.length === 0 ? [] : await codec.encode(small, context);
    for (const [index, payload] of small.entries()) encoded.set(payload, envelopes[index]);
    return payloads.map((payload) => ({ ...encoded.get(payload) }));
  }

  async #keep(payloads: readonly Payload[], context: SerializationContext | undefined): Promise<Payload[]> {
    const { codec, store } = this.#settings;
    const { key, scope } = await this.#naming.of(context?.namespace ?? '');
    const names = payloads.map((payload) => nameToken(key, context?.workflowId ?? '', payload));
    const distinct = new Map(names.map((token, index) => [token, payloads[index] ?? {}]));
    const contents = [...distinct].map(([token, payload]) => recordContent(token, payload));
    const sealed = await codec.sealForStore(contents, context);
    const records = [...distinct.keys()].map((token, index): TokenRecord => {
      return { token, scope, bytes: serializeRecord(sealed[index] ?? {}) };
    });
    await store.tokens.put(records, { caller: originOf(context) });
    return names.map(tokenPayload);
  }

  /**
   * Puts payloads in the place of tokens, and opens envelopes as `EnvelopeCodec.decode` does.
   *
   * @returns as many payloads, in the same order
   * @param given who asks, and until when; Temporal's SDK gives none
   * @throws TokenError when a token does not lead to its payload
   * @throws StoreError when the store does not answer
   * @throws what `EnvelopeCodec.decode` throws
   */
  async decode(
    payloads: Payload[],
    context?: SerializationContext,
    given?: DecodeRequest,
  ): Promise<Payload[]> {
    const { codec } = this.#settings;
    const request = decodeRequestOf(given);
    const tokens = payloads.map((payload) => (isTokenPayload(payload) ? tokenOf(payload) : undefined));
    const wanted = tokens.filter((token) => token !== undefined);
    if (wanted.length === 0) return codec.decode(payloads, context, request);
    const records = await this.#records.get(
      wanted,
      { signal: request.signal, caller: originOf(context, request) },
      this.#left(request),
    );
    this.#spend(request, wanted, records);
    const envelopes = payloads.map((payload, index) => {
      const token = tokens[index];
      if (token === undefined) return payload;
      const record = records.get(token);
      if (record === undefined) throw new TokenError('not-found', token);
      return this.#checked(token, () => parseRecord(token, record));
    });
    let opened: Payload[];
    try {
      opened = await codec.decode(envelopes, context, request);
    } catch (error) {
      await this.#blame(error, tokens, envelopes, context, request);
      throw error;
    }
    return opened.map((payload, index) => {
      const token = tokens[index];
      return token === undefined ? payload : this.#checked(token, () => contentOf(token, payload));
    });
  }

  /** Bytes that the tokens of a request may still stand for. */
  #left(request: DecodeRequest): number {
    return this.#settings.maxDecodeBytes - (this.#spent.get(request) ?? 0);
  }

  /**
   * Counts what tokens stand for, each time that they are given: a token is small, and what is made of it is
   * not.
   *
   * @throws TokenError above the limit
   */
  #spend(request: DecodeRequest, tokens: readonly string[], records: ReadonlyMap<string, Uint8Array>): void {
    const bytes = tokens.reduce((sum, token) => sum + (records.get(token)?.length ?? 0), 0);
    const left = this.#left(request) - bytes;
    if (left < 0) throw new TokenError('too-large', undefined);
    this.#spent.set(request, this.#settings.maxDecodeBytes - left);
  }

  /** @throws TokenError that names the token whose record does not open, where that is what is wrong */
  async #blame(
    error: unknown,
    tokens: readonly (string | undefined)[],
    envelopes: readonly Payload[],
    context: SerializationContext | undefined,
    request: DecodeRequest,
  ): Promise<void> {
    if (!isDamage(error)) return;
    for (const [index, token] of tokens.entries()) {
      const envelope = envelopes[index];
      if (token === undefined || envelope === undefined) continue;
      const failure: unknown = await this.codec.decode([envelope], context, request).then(
        () => undefined,
        (cause: unknown) => cause,
      );
      if (!isDamage(failure)) continue;
      this.#records.forget(token);
      throw new TokenError('damaged', token, { cause: failure });
    }
  }

  #checked<T>(token: string, check: () => T): T {
    try {
      return check();
    } catch (error) {
      this.#records.forget(token);
      throw error;
    }
  }

  /** A codec that opens what this one opens, and keeps nothing: for replay, with rights to read alone. */
  decodeOnly(): ReplayCodec {
    return new ReplayCodec(this);
  }

  /** A codec for a client that lists and describes workflows, as `EnvelopeCodec.tolerant` gives one. */
  tolerant(): TolerantCodec {
    return new TolerantCodec(this);
  }

  /** Key IDs and settings only. */
  toJSON(): object {
    const { codec, store, threshold, whenUnavailable, maxDecodeBytes } = this.#settings;
    return { codec: codec.toJSON(), store: store.kind, threshold, whenUnavailable, maxDecodeBytes };
  }

  [inspect.custom](): string {
    return `TokenCodec ${inspect(this.toJSON())}`;
  }
}

function sizeOf(payload: Payload): number {
  return byteLength(serializePayload(payload));
}

import type { CompiledDecodePolicy, PayloadDecoder } from '@waxseal/codec-server';
import { isWaxsealError } from '@waxseal/core';
import { isPauseDue, pause, unreadablePayload, withDeadline } from '@waxseal/core/internal';
import { plain } from '../printable';
import { payloadsInJson, type JsonPayload } from '../scan/json-payloads';
import { identify } from '../scan/payload-format';
import { isOfCodec } from '../scan/read-usage';

/** A payload as the codecs give it. */
type Payload = Awaited<ReturnType<PayloadDecoder['decode']>>[number];

/** At most so many payloads are with the codecs at a time. */
const CONCURRENCY = 16;

/** Deadlines of keyrings end before. It is for codecs and stores that have none of their own. */
const DECODE_MS = 60_000;

/** Reasons that are told apart. */
const MOST_REASONS = 20;

/** Decodes the payloads of documents where they stand, and counts. */
export class DocumentDecoder {
  readonly #decoder: PayloadDecoder;
  readonly #mask: CompiledDecodePolicy | undefined;
  readonly #show: (payload: Payload) => unknown;
  readonly #reasons = new Map<string, number>();
  payloads = 0;
  /** Payloads that could not be decoded. A text that says why has their place. */
  unreadable = 0;

  /**
   * @param mask undefined where everything is shown
   * @param show what stands for a decoded payload in the document
   */
  constructor(
    decoder: PayloadDecoder,
    mask: CompiledDecodePolicy | undefined,
    show: (payload: Payload) => unknown,
  ) {
    this.#decoder = decoder;
    this.#mask = mask;
    this.#show = show;
  }

  /** Why payloads could not be decoded, and how many for each reason. */
  get reasons(): ReadonlyMap<string, number> {
    return this.#reasons;
  }

  /** @returns the document with its payloads decoded; the one that was given is changed */
  async decode(json: unknown): Promise<unknown> {
    const holder = { root: json };
    const queue = payloadsInJson(holder);
    const work = async (): Promise<void> => {
      for (const payload of queue) {
        this.payloads += 1;
        payload.replace(this.#show(await this.#masked(await this.#one(payload))));
        while (isPauseDue()) await pause();
      }
    };
    await Promise.all(Array.from({ length: CONCURRENCY }, work));
    return holder.root;
  }

  async #one({ metadata, data, isBesideCodecs }: JsonPayload): Promise<Payload> {
    const payload = { metadata: Object.fromEntries(metadata), data };
    // A codec that requires encryption would refuse what it never wrote.
    if (isBesideCodecs && !isOfCodec(identify(payload))) return payload;
    try {
      const [decoded] = await withDeadline(DECODE_MS, undefined, (signal) =>
        this.#decoder.decode([payload], signal),
      );
      return decoded ?? payload;
    } catch (error) {
      this.unreadable += 1;
      const failure = failureOf(error);
      const reason = `${failure.code}: ${failure.message}`;
      const known = this.#reasons.get(reason);
      const key = known === undefined && this.#reasons.size >= MOST_REASONS ? 'other reasons' : reason;
      this.#reasons.set(key, (this.#reasons.get(key) ?? 0) + 1);
      return unreadablePayload(failure);
    }
  }

  async #masked(payload: Payload): Promise<Payload> {
    if (this.#mask === undefined) return payload;
    const [shown] = await this.#mask.apply([payload]);
    if (shown === undefined) throw new Error('The decode policy gave nothing for a payload.');
    return shown;
  }
}

/** Of an error of a codec of others only the kind is told: its message may quote what it could not read. */
function failureOf(error: unknown): { readonly code: string; readonly message: string } {
  if (isWaxsealError(error)) return { code: error.code, message: plain(error.message) };
  const code = (error as { readonly code?: unknown } | null)?.code;
  const kind = error instanceof Error ? plain(error.name).slice(0, 100) : typeof error;
  if (kind === 'RequestError' && typeof code === 'string')
    return { code, message: plain((error as Error).message) };
  return { code: 'INTERNAL', message: `A codec failed (${kind}).` };
}

import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Payload, SerializationContext } from '@temporalio/common';
import { TokenCodec } from '@waxseal/claim-check';
import { EnvelopeCodec, isWaxsealError, Keyring } from '@waxseal/core';
import { LocalKey } from '@waxseal/local-key';
import { PostgresStore } from '@waxseal/store';
import { jsonPayload } from '@waxseal/test-support';

/** A payload whose token a writer was given: it is kept, and Temporal may have the token. */
export interface Acknowledged {
  readonly value: string;
  readonly context: SerializationContext;
  readonly token: Payload;
  /** When that was, by the clock of this process. */
  readonly atMs: number;
}

/** What became of acknowledged payloads. */
export interface Verdict {
  readonly kept: number;
  /** The store says that it has no such token. */
  readonly lost: readonly Acknowledged[];
  /** Something else came back, or a record was damaged. There must be none, whatever happens. */
  readonly wrong: readonly string[];
}

/** How writers write. */
export interface WritersOptions {
  /** URL of the store, with all its hosts. */
  readonly url: string;
  readonly key: Uint8Array;
  /** Payloads in all. */
  readonly payloads: number;
  /** Codecs with connections of their own, as so many processes have. */
  readonly codecs: number;
  /** Arrays that each codec encodes at a time. */
  readonly atOnce: number;
}

const NAMESPACE = 'drill';
const ARRAY = 5;

/** Writers of one drill: they try again, as Temporal does, until they have a token for each payload. */
export class Writers {
  readonly acknowledged: Acknowledged[] = [];
  /** Reasons of errors, and how often each was given. */
  readonly errors = new Map<string, number>();
  readonly #options: WritersOptions;
  readonly #stopped = new AbortController();
  readonly #stores: PostgresStore[] = [];
  #left: number;

  constructor(options: WritersOptions) {
    this.#options = options;
    this.#left = Math.ceil(options.payloads / ARRAY);
  }

  /** Writes all. Resolves when the last payload is acknowledged, or after {@link stop}. */
  async run(): Promise<void> {
    const { codecs, atOnce } = this.#options;
    const lanes = Array.from({ length: codecs }, () => {
      const codec = this.codec();
      return Array.from({ length: atOnce }, () => this.#write(codec));
    });
    await Promise.all(lanes.flat());
  }

  /** No further payload is begun, and none is tried again. */
  stop(): void {
    this.#stopped.abort();
  }

  /** A codec with a store of its own. */
  codec(): TokenCodec {
    const store = new PostgresStore({ url: this.#options.url });
    this.#stores.push(store);
    return new TokenCodec({ store, codec: envelopeCodec(this.#options.key), cache: false });
  }

  async close(): Promise<void> {
    await Promise.all(this.#stores.map((store) => store.close()));
  }

  #hasStopped(): boolean {
    return this.#stopped.signal.aborted;
  }

  async #write(codec: TokenCodec): Promise<void> {
    while (this.#left > 0 && !this.#hasStopped()) {
      this.#left -= 1;
      const context: SerializationContext = {
        type: 'workflow',
        namespace: NAMESPACE,
        workflowId: randomUUID(),
      };
      const values = Array.from({ length: ARRAY }, () => randomUUID());
      for (;;) {
        try {
          const tokens = await codec.encode(values.map(jsonPayload), context);
          const atMs = Date.now();
          values.forEach((value, index) => {
            this.acknowledged.push({ value, context, token: tokens[index] ?? {}, atMs });
          });
          break;
        } catch (error) {
          if (!isWaxsealError(error)) throw error;
          const reason = `${error.code} ${String((error as { reason?: unknown }).reason)}`;
          this.errors.set(reason, (this.errors.get(reason) ?? 0) + 1);
          if (this.#hasStopped()) return;
          await sleep(50 + 100 * Math.random());
        }
      }
    }
  }

  /** Asks for all that was acknowledged, by a codec that has nothing in memory. */
  async verify(): Promise<Verdict> {
    const codec = this.codec();
    const lost: Acknowledged[] = [];
    const wrong: string[] = [];
    let kept = 0;
    const left = this.acknowledged.values();
    const work = async (): Promise<void> => {
      for (const one of left) {
        const found = await outcome(() => codec.decode([one.token], one.context));
        if (found === JSON.stringify(one.value)) kept += 1;
        else if (found === 'not-found') lost.push(one);
        else wrong.push(`${one.value}: ${found}`);
      }
    };
    await Promise.all(Array.from({ length: 8 }, work));
    return { kept, lost, wrong };
  }
}

/** What decoding gives, as a text, or the reason of its error. */
async function outcome(decode: () => Promise<Payload[]>): Promise<string> {
  try {
    const [payload] = await decode();
    return Buffer.from(payload?.data ?? []).toString('utf8');
  } catch (error) {
    return String((error as { reason?: unknown }).reason ?? error);
  }
}

export function envelopeCodec(key: Uint8Array): EnvelopeCodec {
  return new EnvelopeCodec({ keyring: new Keyring({ primary: new LocalKey({ id: 'drill', key }) }) });
}

import type { Payload, PayloadCodec, SerializationContext } from '@temporalio/common';
import type { LoadedConfig } from '@waxseal/config';
import { ConfigurationError } from '@waxseal/core';
import { identify } from '../scan/payload-format';
import type { PayloadMessage } from '../scan/walk';

/** A payload that was opened, and what it is once it is sealed anew. */
export interface Resealed {
  /** What the application sees of it. In memory only. */
  readonly opened: Payload;
  readonly sealed: Payload;
  /** Key IDs that it is sealed under now. */
  readonly names: readonly string[];
}

/** Opens payloads by the configured keys, and seals them under those of today. */
export class Sealer {
  readonly #config: Pick<LoadedConfig, 'codec' | 'codecs'>;

  /** @throws ConfigurationError when the configuration does not encrypt */
  constructor(config: Pick<LoadedConfig, 'codec' | 'codecs'>) {
    if (!config.codec.encrypts) {
      throw new ConfigurationError(
        'The configuration does not encrypt (encrypt: false, or WAXSEAL_ENCRYPT=false), so nothing can be sealed anew. Set it to true.',
      );
    }
    this.#config = config;
  }

  /**
   * The key IDs that payloads are sealed under today.
   *
   * @throws what sealing throws
   */
  async currentKeys(context: SerializationContext | undefined): Promise<readonly string[]> {
    const [probe] = await this.#config.codec.encode([{ metadata: {}, data: new Uint8Array() }], context);
    return identify(probe ?? {}).names;
  }

  /**
   * What an envelope holds.
   *
   * @throws what opening throws
   */
  async open(payload: PayloadMessage, context: SerializationContext | undefined): Promise<Payload> {
    const [opened] = await this.#config.codec.decode([asPayload(payload)], context);
    return opened ?? {};
  }

  /**
   * Opens an envelope and seals what it holds anew; seals a payload in clear as an application does. What was
   * sealed is opened again, and compared.
   *
   * @throws what opening and sealing throw
   */
  async reseal(payload: PayloadMessage, context: SerializationContext | undefined): Promise<Resealed> {
    const isInClear = identify(payload).format === 'plaintext';
    const { codec, codecs } = this.#config;
    const opened = isInClear
      ? await encodeBefore(codec, codecs, payload, context)
      : await this.open(payload, context);
    const [sealed = {}] = await codec.encode([opened], context);
    if (!isSamePayload(await this.open(sealed, context), opened)) {
      throw new Error('What was sealed anew does not open as what it was.');
    }
    return { opened, sealed, names: identify(sealed).names };
  }
}

/** What the codecs before the envelope codec make of a payload. */
async function encodeBefore(
  codec: PayloadCodec,
  codecs: readonly PayloadCodec[],
  payload: PayloadMessage,
  context: SerializationContext | undefined,
): Promise<Payload> {
  if (codecs.at(-1) !== codec) {
    throw new ConfigurationError('--plaintext needs the envelope codec to be the last of the codecs.');
  }
  let encoded = asPayload(payload);
  for (const each of codecs.slice(0, -1)) [encoded = {}] = await each.encode([encoded], context);
  return encoded;
}

/** Whether two payloads have the same metadata, in whatever order, and the same data. */
export function isSamePayload(a: PayloadMessage, b: PayloadMessage): boolean {
  const [mine, theirs] = [a.metadata ?? {}, b.metadata ?? {}];
  const names = Object.keys(mine);
  return (
    isSame(a.data, b.data) &&
    names.length === Object.keys(theirs).length &&
    names.every((name) => Object.hasOwn(theirs, name) && isSame(mine[name], theirs[name]))
  );
}

function isSame(a: Uint8Array | null | undefined, b: Uint8Array | null | undefined): boolean {
  return Buffer.compare(a ?? new Uint8Array(), b ?? new Uint8Array()) === 0;
}

function asPayload({ metadata, data }: PayloadMessage): Payload {
  return { metadata: { ...metadata }, data: data ?? new Uint8Array() };
}

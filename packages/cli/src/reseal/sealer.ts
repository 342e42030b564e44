import type { Payload, PayloadCodec, SerializationContext } from '@temporalio/common';
import type { LoadedConfig } from '@waxseal/config';
import { ConfigurationError } from '@waxseal/core';
import { parseEnvelope, primaryKeyIdOf } from '@waxseal/core/internal';
import { identify } from '../scan/payload-format';
import type { PayloadMessage } from '../scan/walk';
import { isNamed, isSameKeys } from './choose';

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
  /** Key IDs of today, by the place that envelopes record. */
  readonly #current = new Map<string, readonly string[]>();

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
   * The same, for what an envelope is bound to.
   *
   * @throws what sealing throws
   */
  async currentKeysFor(envelope: PayloadMessage): Promise<readonly string[]> {
    const context = recordedBy(envelope);
    const [namespace, workflowId] = [context.get('namespace') ?? '', context.get('workflow-id') ?? ''];
    const isChosen = typeof this.#config.codec.keyring === 'function';
    const place = isChosen ? JSON.stringify([namespace, workflowId]) : '';
    const known = this.#current.get(place);
    if (known !== undefined) return known;
    const current = await this.currentKeys(
      isChosen ? { type: 'workflow', namespace, workflowId } : undefined,
    );
    if (this.#current.size >= MOST_PLACES) this.#current.clear();
    this.#current.set(place, current);
    return current;
  }

  /** @throws ConfigurationError where a key is one that payloads are sealed under in a place */
  async assertNotInUse(key: string | undefined, context: SerializationContext | undefined): Promise<void> {
    if (key === undefined || !(await this.currentKeys(context)).some((keyId) => isNamed(keyId, key))) return;
    throw new ConfigurationError(
      '--from names a key that the configuration seals under. Promote another first (waxseal keys rotate), or name the old version of the key.',
    );
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

  /**
   * Opens an envelope, whatever it is bound to, and seals what it holds anew, bound as it was. It is not
   * opened again: {@link isResealed} does so.
   *
   * @throws ConfigurationError where the codec is of an older release; what opening and sealing throw
   */
  async resealAsRecorded(envelope: PayloadMessage): Promise<Resealed> {
    const { codec } = this.#config;
    // An application may bring a copy of its own.
    if (typeof (codec as Partial<typeof codec>).resealed !== 'function') {
      throw new ConfigurationError(
        'The configuration uses an older release of @waxseal/core, which cannot do this: update it.',
      );
    }
    const { opened, sealed } = await codec.resealed(asPayload(envelope));
    return { opened, sealed, names: identify(sealed).names };
  }

  /**
   * Whether an envelope holds what another does, is bound to the same, and is under the keys of today.
   *
   * @throws what opening throws
   */
  async isResealed(before: PayloadMessage, after: PayloadMessage): Promise<boolean> {
    if (!isSameKeys(identify(after).names, await this.currentKeysFor(after))) return false;
    const context = (payload: PayloadMessage): string => JSON.stringify([...recordedBy(payload)]);
    if (context(before) !== context(after)) return false;
    return isSamePayload(await this.open(before, undefined), await this.open(after, undefined));
  }
}

/** Places whose keys are remembered, where a function chooses them. */
const MOST_PLACES = 1_000;

/** What an envelope says to be bound to. */
function recordedBy(envelope: PayloadMessage): ReadonlyMap<string, string> {
  const payload = asPayload(envelope);
  return parseEnvelope(primaryKeyIdOf(payload).keyId, payload.data ?? new Uint8Array()).context;
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

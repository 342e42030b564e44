import { createHash } from 'node:crypto';
import type { Payload } from '@temporalio/common';
import { ConfigurationError } from '@waxseal/core';
import { assertKnownOptions, isEnvelopePayload, originOf } from '@waxseal/core/internal';
import type { Store, StoreCaller } from '@waxseal/store';
import { uuidOf } from './token';
import { TokenError } from './token-error';
import { parseRecord, readRecords, serializeRecord } from './token-record';

/** What the SDK's `ExternalStorage` is given to find a payload again. */
export interface StoreClaim {
  readonly claimData: Record<string, string>;
}

/** Options of a {@link StoreDriver}. */
export interface StoreDriverOptions {
  readonly store: Store;
  /**
   * Name of the driver in references. It stands in histories: it never changes.
   *
   * @default 'waxseal'
   */
  readonly name?: string | undefined;
}

const OPTIONS: ReadonlySet<string> = new Set(['store', 'name']);
const REFERENCE = 'temporal.api.sdk.v1.ExternalStorageReference';
const TOKEN = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** Bytes that the references of one call may stand for. */
const MAX_RETRIEVED_BYTES = 256 * 1024 * 1024;

/**
 * The same store as a `StorageDriver` of Temporal's SDK, for `new ExternalStorage({ drivers })`, from SDK
 * 1.21 on: the SDK decides by size what is kept there, and leaves a reference. What it is given was encoded
 * before, so that codecs come as ever; what is no envelope it refuses.
 *
 * The reference holds the hash of what is kept: nothing else is taken for it.
 */
export class StoreDriver {
  readonly name: string;
  readonly type = 'waxseal.store';
  readonly #store: Store;

  /** @throws ConfigurationError that names the option */
  constructor(options: StoreDriverOptions) {
    // Callers from JavaScript can hand over anything.
    const given: Readonly<Record<string, unknown>> = { ...(options as StoreDriverOptions | undefined) };
    assertKnownOptions(given, OPTIONS, (name) => `StoreDriver: ${JSON.stringify(name)}`);
    const { store, name = 'waxseal' } = given;
    if (typeof (store as Partial<Store> | null | undefined)?.tokens?.put !== 'function') {
      throw new ConfigurationError('StoreDriver: store must be a Store, such as new PostgresStore({ url }).');
    }
    if (typeof name !== 'string' || name === '') {
      throw new ConfigurationError('StoreDriver: name must be a text.');
    }
    this.#store = store as Store;
    this.name = name;
  }

  /**
   * Keeps payloads.
   *
   * @returns as many claims, in the same order
   * @throws ConfigurationError where a payload is no envelope
   * @throws StoreError when the store does not take them
   */
  async store(
    context: {
      readonly abortSignal?: AbortSignal;
      readonly target?: { readonly namespace: string; readonly id?: string };
    },
    payloads: Payload[],
  ): Promise<StoreClaim[]> {
    const { namespace = '', id = '' } = context.target ?? {};
    const scope = driverScope(namespace);
    const records = payloads.map((payload) => {
      if (!isEnvelopePayload(payload)) {
        throw new ConfigurationError(
          'StoreDriver: a payload that is to be kept is not encrypted. Put an EnvelopePlugin, or an EnvelopeCodec in payloadCodecs, beside externalStorage.',
        );
      }
      const bytes = serializeRecord(payload);
      const hash = hashOf(bytes);
      return { token: uuidOf(hash), scope, bytes, hash };
    });
    const caller = originOf({ type: 'workflow', namespace, workflowId: id });
    await this.#store.tokens.put(records, { signal: context.abortSignal, caller });
    return records.map(({ token, hash }) => ({ claimData: { token, sha256: hash.toString('hex') } }));
  }

  /**
   * Finds payloads.
   *
   * @returns as many payloads, in the same order
   * @throws TokenError where a claim is none, or what it stands for is not there or is not what was kept
   * @throws StoreError when the store does not answer
   */
  async retrieve(
    context: { readonly abortSignal?: AbortSignal },
    claims: readonly StoreClaim[],
  ): Promise<Payload[]> {
    const tokens = claims.map(({ claimData }) => {
      const { token = '' } = claimData;
      if (!TOKEN.test(token)) throw new TokenError('malformed', undefined);
      return token;
    });
    const caller: StoreCaller = { tenant: 'external storage', caller: '' };
    const options = { signal: context.abortSignal, caller };
    const { records, isWithin } = await readRecords(this.#store, tokens, options, MAX_RETRIEVED_BYTES);
    if (!isWithin) throw new TokenError('too-large', undefined);
    return claims.map(({ claimData }, index) => {
      const token = tokens[index] ?? '';
      const record = records.get(token);
      if (record === undefined) throw new TokenError('not-found', token);
      if (hashOf(record).toString('hex') !== claimData['sha256']) throw new TokenError('damaged', token);
      return parseRecord(token, record);
    });
  }
}

/** The token of a record that a payload refers to, as the SDK's external storage does; else `undefined`. */
export function claimedToken({ metadata, data }: Payload): string | undefined {
  if (Buffer.from(metadata?.['messageType'] ?? []).toString('latin1') !== REFERENCE) return undefined;
  try {
    const reference = JSON.parse(Buffer.from(data ?? []).toString('utf8')) as {
      readonly claimData?: { readonly token?: unknown };
    };
    const token = reference.claimData?.token;
    return typeof token === 'string' && TOKEN.test(token) ? token : undefined;
  } catch {
    return undefined;
  }
}

/** What tells the records that a driver keeps for a namespace from others (docs/spec/token.md §5). */
export function driverScope(namespace: string): Uint8Array {
  const hash = createHash('sha256').update('waxseal/v1/driver-scope\0', 'ascii').update(namespace, 'utf8');
  return new Uint8Array(hash.digest().subarray(0, 16));
}

/**
 * Whether a record was kept by a driver: its token is the hash of it, and nothing else can take its place.
 *
 * @param token in its text form
 */
export function isDriverRecord(token: string, bytes: Uint8Array): boolean {
  return uuidOf(hashOf(bytes)) === token;
}

function hashOf(bytes: Uint8Array): Buffer {
  return createHash('sha256').update(bytes).digest();
}

import type { KeyObject } from 'node:crypto';
import { inspect } from 'node:util';
import type { Payload, SerializationContext } from '@temporalio/common';
import { ConfigurationError, type DecodeRequest } from '@waxseal/core';
import { assertKnownOptions, CODEC_STAGE, decodeRequestOf, type StagedCodec } from '@waxseal/core/internal';
import { openFernet } from './fernet';
import { PeerFormatError } from './peer-format-error';
import {
  dataOf,
  decodeEach,
  ENCRYPTED_ENCODING,
  entryOf,
  innerPayload,
  isEncodedAs,
  isFernetText,
  KEY_ID_ENTRY,
} from './peer-payload';
import { KeptKey, type StaticKey } from './static-key';

/** Options of a `FernetCodec`. */
export interface FernetCodecOptions {
  /**
   * Keys of 32 bytes, as `Fernet.generate_key()` gives them (44 characters of base64url), or as bytes. All of
   * them are tried, in their order, as Python's `MultiFernet` does. At most 16.
   */
  readonly keys: readonly StaticKey[];
  /**
   * `metadata.encoding` of the payloads. There is no common one: each application has chosen its own. Under
   * `binary/encrypted`, which the SDKs' samples use too, only what names no key and is the text of a token is
   * taken for one.
   *
   * @default ['binary/fernet', 'binary/fernet-encrypted', 'binary/encrypted']
   */
  readonly encodings?: readonly string[] | undefined;
}

const OPTIONS: ReadonlySet<string> = new Set(['keys', 'encodings']);
const ENCODINGS: readonly string[] = ['binary/fernet', 'binary/fernet-encrypted', ENCRYPTED_ENCODING];
const LENGTHS: ReadonlySet<number> = new Set([32]);
const MAX_KEYS = 16;

/**
 * Reads payloads that Python applications encrypt by `cryptography.fernet`: the whole serialized payload as a
 * Fernet token, in base64url. Tokens do not expire here.
 *
 * All other payloads pass in both directions.
 */
export class FernetCodec implements StagedCodec {
  readonly [CODEC_STAGE] = 'read';

  readonly #keys: readonly KeptKey[];
  readonly #encodings: readonly string[];

  /** @throws ConfigurationError that names the option */
  constructor(options: FernetCodecOptions) {
    // Callers from JavaScript can hand over anything.
    const given: Readonly<Record<string, unknown>> = { ...(options as FernetCodecOptions | undefined) };
    assertKnownOptions(given, OPTIONS, (name) => `FernetCodec: ${JSON.stringify(name)}`);
    const { keys, encodings = ENCODINGS } = given;
    if (!Array.isArray(keys) || keys.length === 0 || keys.length > MAX_KEYS) {
      throw new ConfigurationError(`FernetCodec: keys must be an array of 1 to ${String(MAX_KEYS)} keys.`);
    }
    const areTexts =
      Array.isArray(encodings) && encodings.every((one) => typeof one === 'string' && one !== '');
    if (!areTexts || encodings.length === 0) {
      throw new ConfigurationError("FernetCodec: encodings must be an array such as ['binary/fernet'].");
    }
    this.#keys = keys.map(
      (key, index) =>
        new KeptKey(`FernetCodec: keys[${String(index)}]`, `fernet[${String(index)}]`, key, LENGTHS),
    );
    this.#encodings = [...(encodings as readonly string[])];
  }

  /** @returns the same payloads: nothing is written in this format */
  // eslint-disable-next-line @typescript-eslint/require-await
  async encode(payloads: Payload[]): Promise<Payload[]> {
    return [...payloads];
  }

  /**
   * @returns as many payloads, in the same order; what was opened is in fresh buffers, all else as it was
   * @throws PeerFormatError of reason `damaged` where no key opens a token
   * @throws KeyServiceError where a function gives no key
   */
  decode(payloads: Payload[], _context?: SerializationContext, request?: DecodeRequest): Promise<Payload[]> {
    const { signal } = decodeRequestOf(request);
    return decodeEach(
      payloads,
      (payload) => this.#isOwn(payload),
      (payload) => this.#open(payload, signal),
    );
  }

  #isOwn(payload: Payload): boolean {
    const encoding = this.#encodings.find((one) => isEncodedAs(payload, one));
    if (encoding !== ENCRYPTED_ENCODING) return encoding !== undefined;
    return entryOf(payload, KEY_ID_ENTRY).length === 0 && isFernetText(payload.data);
  }

  async #open(payload: Payload, signal: AbortSignal | undefined): Promise<Payload> {
    const keys: KeyObject[] = [];
    for (const key of this.#keys) keys.push(await key.get(signal));
    const data = dataOf(payload);
    const plaintext = data && openFernet(keys, data);
    const inner = plaintext && innerPayload(plaintext);
    if (inner !== undefined) return inner;
    const nextStep =
      'It was changed after it was encrypted, or its key is none of keys of the FernetCodec: tokens do not name their key. Add the key that wrote it, if it is missing.';
    throw new PeerFormatError('fernet', 'damaged', { nextStep });
  }

  /** Settings only. */
  toJSON(): object {
    return { keys: this.#keys.length, encodings: this.#encodings };
  }

  [inspect.custom](): string {
    return `FernetCodec ${inspect(this.toJSON())}`;
  }
}

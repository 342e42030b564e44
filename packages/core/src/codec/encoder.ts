import type { Payload, SerializationContext } from '@temporalio/common';
import { ConfigurationError, warn } from '../base/errors';
import { byteLength } from '../base/bytes';
import { isPauseDue, pause, piecesOf } from '../base/clock';
import { DataKey } from '../data-keys/data-key';
import type { DataKeysByKeyring } from '../data-keys/data-keys';
import type { EncodingKeys } from '../data-keys/encoding-keys';
import { seal } from '../envelope/cipher';
import { KEY_ID_METADATA } from '../envelope/envelope';
import {
  ContextSerializer,
  serializeEncryptionContext,
  type EncryptionContext,
} from '../envelope/encryption-context';
import { notify, type Telemetry } from '../key/telemetry';
import type { KeyId } from '../key/key-encryption-key';
import { Keyring } from '../keyring/keyring';
import {
  type KeyringContext,
  type KeyringSelector,
  keyringContext,
  selectKeyring,
  type CodecSettings,
} from './codec-options';
import { isFailureConverterLoaded } from './failure-payload';
import { envelopePayload, FieldSize, subjectOf } from './payload-bytes';
import { PayloadMessageWriter, serializePayload } from './payload-message';

/** Seals payloads under the data key of the moment, or passes them on where nothing is to be encrypted. */
export class EnvelopeEncoder {
  readonly #encrypts: boolean;
  readonly #keyring: Keyring | KeyringSelector;
  readonly #contextSerializer: ContextSerializer;
  readonly #dataKeys: DataKeysByKeyring;
  readonly #telemetry: Telemetry | undefined;
  readonly #limitBytes: number;
  #isSetUp = false;

  constructor(
    { keyring, encrypt, binding, telemetry, payloadLimitBytes }: CodecSettings,
    dataKeys: DataKeysByKeyring,
  ) {
    this.#encrypts = encrypt;
    this.#limitBytes = payloadLimitBytes;
    this.#telemetry = telemetry;
    this.#keyring = keyring;
    this.#contextSerializer = new ContextSerializer(binding);
    this.#dataKeys = dataKeys;
  }

  /** As `EnvelopeCodec.warmUp`. */
  async warmUp(context: KeyringContext): Promise<void> {
    const keyring = selectKeyring(this.#keyring, context);
    if (this.#encrypts) await this.#dataKeys.of(keyring).encoding.warmUp();
    else await this.#dataKeys.rehearse(keyring);
  }

  /** As `EnvelopeCodec.setUp`. */
  setUp(): void {
    this.#isSetUp = true;
  }

  /**
   * As `EnvelopeCodec.encode`.
   *
   * @param limitBytes what takes the payloads takes in one field
   */
  async encode(
    payloads: Payload[],
    context: SerializationContext | undefined,
    limitBytes = this.#limitBytes,
  ): Promise<Payload[]> {
    this.#dataKeys.assertOpen();
    // Workers alone encode for activities, but for clients that complete one.
    if (!this.#isSetUp && context?.type === 'activity') this.#checkFailureConverter();
    if (!this.#encrypts) return this.#told('plaintext', passOn(payloads), payloads.filter(isClear).length);
    const place = keyringContext(context);
    const serializedContext = this.#contextSerializer.serialize(context);
    const size = new FieldSize(limitBytes);
    const [first] = payloads;
    if (first !== undefined && payloads.length === 1) {
      const message = new PayloadMessageWriter(first);
      const acquired = this.#encodingFor(first, place).acquire(message.length);
      const sealed =
        isDataKey(acquired) && !isPauseDue(piecesOf(message.length))
          ? sealAtOnce(acquired, serializedContext, message, size)
          : await sealLater(acquired, serializedContext, message.write(), size);
      size.assertFits();
      return this.#told('envelope', [sealed]);
    }
    return this.#told(
      'envelope',
      await sealMany(payloads, (payload) => this.#encodingFor(payload, place), serializedContext, size),
    );
  }

  /** As `EnvelopeCodec.resealed`, of a payload that was opened, and what its envelope records and names. */
  async sealAsRecorded(payload: Payload, recorded: EncryptionContext, keyId: KeyId): Promise<Payload[]> {
    this.#dataKeys.assertOpen();
    const keyring = selectKeyring(this.#keyring, keyringContext(undefined, recorded, keyId));
    const { encoding } = this.#dataKeys.of(keyring);
    const context = serializeEncryptionContext(recorded);
    // What is in a file is in no field of Temporal's.
    return this.#told(
      'envelope',
      await sealMany([payload], () => encoding, context, new FieldSize(Infinity)),
    );
  }

  /** The data keys for a payload: its subject's, where it is marked for one. */
  #encodingFor(payload: Payload, place: KeyringContext): EncodingKeys {
    const subject = subjectOf(payload);
    if (subject !== undefined && this.#keyring instanceof Keyring) {
      throw new ConfigurationError(
        'A payload is marked for a subject, and the codec has no keys of subjects: give it keyring: subjects.keyring of a SubjectKeys.',
      );
    }
    const keyring = selectKeyring(this.#keyring, subject === undefined ? place : { ...place, subject });
    return this.#dataKeys.of(keyring).encoding;
  }

  /** Gives what was encoded, and tells of it. */
  #told(form: 'envelope' | 'plaintext', encoded: Payload[], count = encoded.length): Payload[] {
    const telemetry = this.#telemetry;
    if (telemetry !== undefined && count > 0) {
      notify(() => telemetry.payloadsProcessed?.('encode', form, count));
    }
    return encoded;
  }

  #checkFailureConverter(): void {
    this.#isSetUp = true;
    if (!this.#encrypts || isFailureConverterLoaded()) return;
    warn(
      'WAXSEAL_FAILURES_IN_CLEAR',
      'A Worker encodes with an EnvelopeCodec and without the failure converter: message and stack of every error are stored in clear. ' +
        'Give the Worker new EnvelopePlugin({ codec }) of @waxseal/temporal, or the data converter that withEnvelope() makes; ' +
        'if a failure converter of your own encodes messages, withEnvelope() keeps it.',
    );
  }
}

/** Whether no codec before this one has encrypted it in another format, all of which name the key there. */
function isClear({ metadata }: Payload): boolean {
  return metadata?.[KEY_ID_METADATA] === undefined;
}

let isWarned = false;

/** What a codec with `encrypt: false` makes of payloads. It warns once in a process. */
function passOn(payloads: readonly Payload[]): Payload[] {
  if (!isWarned && payloads.some(isClear)) {
    isWarned = true;
    warn(
      'WAXSEAL_WRITES_IN_CLEAR',
      'An EnvelopeCodec with encrypt: false stores payloads in clear. That is the first stage of a migration (docs/migrating.md); set encrypt: true, or WAXSEAL_ENCRYPT=true, once every process can decode.',
    );
  }
  return [...payloads];
}

/** Where the plaintext of one payload at a time is put together; `undefined` while one is. */
let scratch: Buffer | undefined = Buffer.alloc(8 * 1024);

/** Seals what needs not wait. Its plaintext takes no memory of its own, and is zeroed where it was. */
function sealAtOnce(
  dataKey: DataKey,
  context: Uint8Array,
  message: PayloadMessageWriter,
  size: FieldSize,
): Payload {
  const memory = scratch;
  if (memory === undefined || !message.isCopied || message.length > memory.length) {
    return sealUnder(dataKey, context, message.write(), size);
  }
  const plaintext = memory.subarray(0, message.length);
  scratch = undefined;
  try {
    return sealUnder(dataKey, context, message.write(plaintext), size);
  } finally {
    plaintext.fill(0);
    scratch = memory;
  }
}

async function sealLater(
  acquired: DataKey | Promise<DataKey>,
  context: Uint8Array,
  plaintext: readonly Uint8Array[],
  size: FieldSize,
): Promise<Payload> {
  const dataKey = await acquired;
  while (isPauseDue(piecesOf(byteLength(plaintext)))) await pause();
  return sealUnder(dataKey, context, plaintext, size);
}

/** Data keys that are waited for together, where a payload needs one of its own. */
const ACQUIRED_AT_ONCE = 64;

async function sealMany(
  payloads: readonly Payload[],
  encodingFor: (payload: Payload) => EncodingKeys,
  context: Uint8Array,
  size: FieldSize,
): Promise<Payload[]> {
  // All that can throw at once comes before the first request, so that no rejection is left without a
  // handler.
  const plaintexts: { readonly plaintext: Uint8Array[]; readonly encoding: EncodingKeys }[] = [];
  for (const payload of payloads) {
    while (plaintexts.length > 0 && isPauseDue()) await pause();
    plaintexts.push({ plaintext: serializePayload(payload), encoding: encodingFor(payload) });
  }
  const sealed: Payload[] = [];
  while (sealed.length < plaintexts.length) {
    const batch = plaintexts.slice(sealed.length, sealed.length + ACQUIRED_AT_ONCE);
    const acquired = batch.map(({ plaintext, encoding }) => encoding.acquire(byteLength(plaintext)));
    const dataKeys = acquired.every(isDataKey)
      ? acquired
      : await Promise.all(acquired.map((dataKey) => Promise.resolve(dataKey)));
    for (const [index, { plaintext }] of batch.entries()) {
      while (isPauseDue(piecesOf(byteLength(plaintext)))) await pause();
      sealed.push(sealUnder(dataKeys[index] as DataKey, context, plaintext, size));
    }
  }
  size.assertFits();
  return sealed;
}

function sealUnder(
  dataKey: DataKey,
  context: Uint8Array,
  plaintext: readonly Uint8Array[],
  size: FieldSize,
): Payload {
  const envelope = seal(dataKey.secret, dataKey.aadFor(context), plaintext);
  const payload = envelopePayload(dataKey.keyIdBytes, envelope);
  size.add(byteLength(plaintext), payload);
  return payload;
}

function isDataKey(acquired: DataKey | Promise<DataKey>): acquired is DataKey {
  return acquired instanceof DataKey;
}

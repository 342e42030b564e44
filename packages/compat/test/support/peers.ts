import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { RawAesKeyringNode, RawAesWrappingSuiteIdentifier } from '@aws-crypto/client-node';
import type { Payload, PayloadCodec } from '@temporalio/common';

import { EncryptionSdkCodec, FernetCodec, SamplesCodec, TemporalProxyCodec } from '../../src';

interface PayloadText {
  readonly metadata: Readonly<Record<string, string>>;
  readonly data: string;
}

/** A payload that another implementation wrote. */
export interface PeerVector {
  readonly name: string;
  readonly format: 'samples' | 'temporal-proxy' | 'aws-encryption-sdk' | 'fernet';
  readonly payload: Payload;
  /** What it holds; `undefined` where the test says it. */
  readonly inner: Payload | undefined;
}

interface VectorsFile {
  readonly keys: {
    readonly samples: string;
    readonly temporalProxy: string;
    readonly fernet: readonly string[];
  };
  readonly vectors: readonly {
    readonly name: string;
    readonly format: PeerVector['format'];
    readonly payload: PayloadText;
    readonly inner?: PayloadText;
  }[];
}

const FILE = JSON.parse(readFileSync(join(__dirname, '../vectors/peers.json'), 'utf8')) as VectorsFile;

/** The keys of the vectors: those of public samples. */
export const KEYS = FILE.keys;

export const VECTORS: readonly PeerVector[] = FILE.vectors.map(({ name, format, payload, inner }) => ({
  name,
  format,
  payload: payloadOf(payload),
  inner: inner && payloadOf(inner),
}));

export function vector(name: string): PeerVector {
  const found = VECTORS.find((one) => one.name === name);
  if (found === undefined) throw new Error(`There is no vector ${name}.`);
  return found;
}

function payloadOf({ metadata, data }: PayloadText): Payload {
  const entries = Object.entries(metadata).map(
    ([name, text]) => [name, bytes(Buffer.from(text, 'base64'))] as const,
  );
  return { metadata: Object.fromEntries(entries), data: bytes(Buffer.from(data, 'base64')) };
}

/** In a buffer of its own, as payloads from Temporal are. */
export function bytes(buffer: Uint8Array | string): Uint8Array {
  return new Uint8Array(Buffer.from(buffer as string));
}

/** A keyring of the AWS Encryption SDK, as that of the vectors. */
export function rawKeyring(key = KEYS.samples): RawAesKeyringNode {
  return new RawAesKeyringNode({
    keyName: 'orders',
    keyNamespace: 'waxseal-test',
    // Zeroed by nobody, so that each keyring has its own.
    unencryptedMasterKey: bytes(key),
    wrappingSuite: RawAesWrappingSuiteIdentifier.AES256_GCM_IV12_TAG16_NO_PADDING,
  });
}

/** A reader of each format, with the keys of the vectors. */
export function readers(): Readonly<Record<PeerVector['format'], PayloadCodec>> {
  const key = Buffer.from(KEYS.samples);
  return {
    samples: new SamplesCodec({
      keys: { test: key, 'test-key-id': () => Promise.resolve(key.toString('base64')) },
      emptyKeyId: 'test',
      keyIdsThatAreKeys: [KEYS.samples],
    }),
    'temporal-proxy': new TemporalProxyCodec({ base64Keys: [KEYS.temporalProxy] }),
    'aws-encryption-sdk': new EncryptionSdkCodec({ keyring: rawKeyring() }),
    fernet: new FernetCodec({ keys: KEYS.fernet.map((text) => Buffer.from(text)) }),
  };
}

/** All of them, in the order of `payloadCodecs`. */
export function allReaders(): readonly PayloadCodec[] {
  return Object.values(readers());
}

/** As the SDK decodes: from the last codec to the first. */
export async function decodeThrough(
  codecs: readonly PayloadCodec[],
  payloads: readonly Payload[],
): Promise<Payload[]> {
  let decoded = [...payloads];
  for (const codec of codecs.toReversed()) decoded = await codec.decode(decoded);
  return decoded;
}

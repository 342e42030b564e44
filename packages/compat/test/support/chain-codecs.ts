import type { Payload, PayloadCodec } from '@temporalio/common';
import { TokenCodec } from '@waxseal/claim-check';
import { hasZstd, ZlibCodec, ZstdCodec } from '@waxseal/compression';
import { EnvelopeCodec, Keyring, type KeyringSelector } from '@waxseal/core';
import { parsePayload, serializePayload } from '@waxseal/core/internal';
import { LocalKey } from '@waxseal/local-key';

import { FernetCodec, SamplesCodec, TemporalProxyCodec } from '../../src';
import { memoryTokens } from './memory-tokens';
import { bytes, KEYS } from './peers';
import { RememberingKey } from './proxy';

/** A codec of an application, which says nothing of what it does: it packs payloads backwards. */
export class ApplicationCodec implements PayloadCodec {
  encode(payloads: Payload[]): Promise<Payload[]> {
    return Promise.resolve(
      payloads.map((payload) => ({
        metadata: { encoding: bytes('binary/backwards') },
        data: bytes(Buffer.concat(serializePayload(payload)).reverse()),
      })),
    );
  }

  decode(payloads: Payload[]): Promise<Payload[]> {
    return Promise.resolve(
      payloads.map((payload) =>
        Buffer.from(payload.metadata?.['encoding'] ?? []).toString() === 'binary/backwards'
          ? parsePayload(bytes(payload.data ?? new Uint8Array()).reverse())
          : payload,
      ),
    );
  }
}

const ring = (id: string): Keyring =>
  new Keyring({ primary: new LocalKey({ id, key: Buffer.alloc(32, id) }) });
const [ofAda, ofNobody] = [ring('of-ada'), ring('of-nobody')];
const keyring: KeyringSelector = ({ subject, keyId }) =>
  (subject ?? keyId?.slice(3)) === 'ada' ? ofAda : ofNobody;
/** Data of Ada's are under a key of her own. */
export const envelope = new EnvelopeCodec({ keyring });
/** One that leaves it to another codec to encrypt. */
export const readingEnvelope = new EnvelopeCodec({ keyring, encrypt: false });
const URI = 'awskms:///arn:aws:kms:eu-west-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab';
const proxyKey = new RememberingKey();
const proxyReading = new TemporalProxyCodec({ keys: { [URI]: proxyKey } });
const proxyWriting = new TemporalProxyCodec({ keys: { [URI]: proxyKey }, writeUnder: URI });

/** What a codec does to payloads, as its documentation says. */
export type Deed = 'compresses' | 'opens' | 'encrypts' | 'keeps elsewhere' | 'unknown';

export interface ChainCodec {
  readonly codec: PayloadCodec;
  readonly deed: Deed;
  /** Encodings that it takes for what others wrote, whoever did. */
  readonly takes: readonly string[];
}

const of = (codec: PayloadCodec, deed: Deed, takes: readonly string[] = []): ChainCodec => ({
  codec,
  deed,
  takes,
});

/** One of each kind. */
export const CODECS: readonly ChainCodec[] = [
  of(new ZlibCodec(), 'compresses'),
  ...(hasZstd() ? [of(new ZstdCodec(), 'compresses')] : []),
  of(new SamplesCodec({ keys: { test: Buffer.from(KEYS.samples) } }), 'opens', ['binary/encrypted']),
  of(proxyReading, 'opens'),
  of(new FernetCodec({ keys: KEYS.fernet.map((text) => Buffer.from(text)) }), 'opens', ['binary/fernet']),
  of(proxyWriting, 'encrypts'),
  of(envelope, 'encrypts'),
  of(new TokenCodec({ codec: envelope, store: memoryTokens() }), 'keeps elsewhere'),
  of(new ApplicationCodec(), 'unknown'),
];

/** All ordered choices of so many codecs, none twice. */
export function chainsOf(length: number): readonly (readonly ChainCodec[])[] {
  if (length === 0) return [[]];
  return chainsOf(length - 1).flatMap((chain) =>
    CODECS.filter((codec) => !chain.includes(codec)).map((codec) => [...chain, codec]),
  );
}

/** Ends what the codecs keep. */
export function closeCodecs(): void {
  for (const codec of [envelope, readingEnvelope, proxyReading, proxyWriting]) codec.close();
}

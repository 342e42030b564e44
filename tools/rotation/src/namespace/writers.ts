import type { DataConverter } from '@temporalio/common';
import { EnvelopeCodec, Keyring } from '@waxseal/core';
import { LocalKey } from '@waxseal/local-key';
import { failureConverterPath } from '@waxseal/temporal';
import { ProxyCodec } from './proxy-codec';

/** Who writes payloads, and how: each under a key of its own, or in clear. */
export interface Writer {
  readonly name: 'current' | 'retired' | 'unknown' | 'proxy' | 'clear';
  /** As payloads name it; `undefined` for what is written in clear. */
  readonly keyId: string | undefined;
  readonly dataConverter: DataConverter;
  close(): void;
}

export const PROXY_KEY_ID = 'awskms:///arn:aws:kms:eu-west-1:111122223333:key/8ab0?region=eu-west-1';

/** One writer of each kind. The caller closes them. */
export function makeWriters(): readonly Writer[] {
  return [
    waxseal('current', 'orders/v2'),
    waxseal('retired', 'orders/v1'),
    waxseal('unknown', 'somebody-else'),
    {
      name: 'proxy',
      keyId: PROXY_KEY_ID,
      dataConverter: {
        payloadCodecs: [new ProxyCodec(PROXY_KEY_ID)],
        failureConverterPath: failureConverterPath(),
      },
      close: () => undefined,
    },
    { name: 'clear', keyId: undefined, dataConverter: {}, close: () => undefined },
  ];
}

function waxseal(name: Writer['name'], keyId: string): Writer {
  const keyring = new Keyring({ primary: new LocalKey({ id: keyId, key: Buffer.alloc(32, keyId) }) });
  const codec = new EnvelopeCodec({ keyring });
  return {
    name,
    keyId,
    dataConverter: { payloadCodecs: [codec], failureConverterPath: failureConverterPath() },
    close: () => {
      codec.close();
    },
  };
}

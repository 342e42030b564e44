import { randomBytes, randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Client } from '@temporalio/client';
import type { PayloadCodec } from '@temporalio/common';
import { SamplesCodec, TemporalProxyCodec } from '@waxseal/compat';
import { ZlibCodec } from '@waxseal/compression';
import { EnvelopeCodec, Keyring } from '@waxseal/core';
import { LocalKey } from '@waxseal/local-key';
import type { PayloadJson } from '@waxseal/test-support';
import { createCodecServer, listen } from '../../src';
import { required } from './encrypted-order';

const PEERS = JSON.parse(
  readFileSync(join(__dirname, '../../../compat/test/vectors/peers.json'), 'utf8'),
) as {
  readonly keys: { readonly samples: string };
  readonly vectors: readonly { readonly name: string; readonly payload: PayloadJson }[];
};

/** A workflow that was told texts in several formats, and a Codec Server that opens all of them. */
export interface SeveralFormats {
  readonly workflowId: string;
  readonly runId: string;
  readonly url: string;
  close(): Promise<void>;
}

/** @param stored a client without codecs */
export async function severalFormats(stored: Client): Promise<SeveralFormats> {
  const { connection, options } = stored;
  const { namespace } = options;
  const uri = `testing://${randomBytes(32).toString('base64url')}=`;
  const proxy = new TemporalProxyCodec({ base64Keys: [uri], writeUnder: uri });
  const reads = new TemporalProxyCodec({ base64Keys: [uri] });
  const keyring = new Keyring({ primary: new LocalKey({ id: 'formats', key: randomBytes(32) }) });
  const envelope = new EnvelopeCodec({ keyring });
  const zlib = new ZlibCodec({ threshold: 0, alwaysEncode: true });
  const told: readonly (readonly [string, readonly PayloadCodec[]])[] = [
    ['compressed text', [zlib]],
    ['text of the proxy', [proxy]],
    ['', [ofPeer('typescript')]],
    ['text in an envelope', [envelope]],
    ['packed and sealed text', [zlib, envelope]],
  ];
  const workflowId = `formats-${randomUUID()}`;
  const handle = await stored.workflow.start('Formats', { workflowId, taskQueue: 'nobody' });
  for (const [text, payloadCodecs] of told) {
    const client = new Client({
      connection,
      namespace,
      dataConverter: { payloadCodecs: [...payloadCodecs] },
    });
    await client.workflow.getHandle(workflowId).signal('tell', text);
  }
  const samples = new SamplesCodec({ keys: { 'test-key-id': Buffer.from(PEERS.keys.samples) } });
  const server = await listen(
    createCodecServer({
      codecs: [zlib, samples, reads, envelope],
      allowedOrigins: [new URL(required('WAXSEAL_TEST_TEMPORAL_UI')).origin],
    }),
    { port: 0 },
  );
  return {
    workflowId,
    runId: handle.firstExecutionRunId,
    url: server.url,
    close: async () => {
      await handle.terminate();
      await server.close();
      proxy.close();
      reads.close();
      envelope.close();
    },
  };
}

/** Says what another implementation wrote. */
function ofPeer(name: string): PayloadCodec {
  const { metadata, data } = PEERS.vectors.find((vector) => vector.name === name)?.payload ?? {
    metadata: {},
    data: '',
  };
  const bytes = (text: string): Uint8Array => new Uint8Array(Buffer.from(text, 'base64'));
  const entries = Object.entries(metadata).map(([entry, text]) => [entry, bytes(text)] as const);
  const payload = { metadata: Object.fromEntries(entries), data: bytes(data) };
  return {
    encode: () => Promise.resolve([payload]),
    decode: (payloads) => Promise.resolve(payloads),
  };
}

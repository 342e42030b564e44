import { readFileSync } from 'node:fs';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

import { PrometheusExporter } from '@opentelemetry/exporter-prometheus';
import { MeterProvider } from '@opentelemetry/sdk-metrics';
import { EnvelopeCodec, Keyring } from '@waxseal/core';
import { LocalKey } from '@waxseal/local-key';
import { openTelemetry } from '@waxseal/opentelemetry';

/** A server on a free loopback port. */
export async function answering(listener: RequestListener): Promise<{ server: Server; url: string }> {
  const server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { server, url: `http://127.0.0.1:${String((server.address() as AddressInfo).port)}` };
}

interface Uris {
  readonly primaryKey: string;
  readonly decryptKeys?: readonly string[];
}

/** What a worker has: a codec of a configuration, whose metrics a real exporter shows. */
export interface Worker {
  readonly url: string;
  readonly codec: EnvelopeCodec;
  close(): Promise<void>;
}

/** Makes the codec of a configuration with local keys, and shows its metrics. */
export async function startWorker(file: string): Promise<Worker> {
  const exporter = new PrometheusExporter({ preventServerStart: true });
  const meterProvider = new MeterProvider({ readers: [exporter] });
  const { primaryKey, decryptKeys = [] } = JSON.parse(readFileSync(file, 'utf8')) as Uris;
  const keyring = new Keyring({
    primary: LocalKey.fromUri(primaryKey),
    decryptOnly: decryptKeys.map((uri) => LocalKey.fromUri(uri)),
  });
  const codec = new EnvelopeCodec({ keyring, telemetry: openTelemetry({ meterProvider }) });
  const { server, url } = await answering((request, response) => {
    exporter.getMetricsRequestHandler(request, response);
  });
  return {
    url: `${url}/metrics`,
    codec,
    close: async () => {
      codec.close();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      await meterProvider.shutdown();
    },
  };
}

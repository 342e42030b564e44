import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

import { PrometheusExporter } from '@opentelemetry/exporter-prometheus';
import { MeterProvider } from '@opentelemetry/sdk-metrics';
import type { MeterProvider as ApiMeterProvider } from '@opentelemetry/api';

/** What Prometheus gets from a real exporter over HTTP, on a free loopback port. */
export async function scrape(exercise: (meterProvider: ApiMeterProvider) => Promise<void>): Promise<string> {
  const exporter = new PrometheusExporter({ preventServerStart: true, appendTimestamp: false });
  const meterProvider = new MeterProvider({ readers: [exporter] });
  const server = createServer((request, response) => {
    exporter.getMetricsRequestHandler(request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  try {
    await exercise(meterProvider);
    const { port } = server.address() as AddressInfo;
    const response = await fetch(`http://127.0.0.1:${String(port)}/metrics`);
    return await response.text();
  } finally {
    await new Promise((resolve) => server.close(resolve));
    await meterProvider.shutdown();
  }
}

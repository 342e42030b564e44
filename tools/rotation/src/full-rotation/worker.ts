// A Worker of orders with the keys of a configuration file, which shows its metrics to whoever asks.
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { PrometheusExporter } from '@opentelemetry/exporter-prometheus';
import { MeterProvider } from '@opentelemetry/sdk-metrics';
import { DefaultLogger, NativeConnection, Runtime, Worker } from '@temporalio/worker';
import * as orders from '@waxseal/example-order-processing/dist/activities';
import { openTelemetry } from '@waxseal/opentelemetry';
import { EnvelopePlugin } from '@waxseal/temporal';
import { rotationActivities } from '../activities';
import { keyringOf } from './keys';

async function main([
  config = '',
  address = '',
  namespace = '',
  taskQueue = '',
]: readonly string[]): Promise<void> {
  Runtime.install({ logger: new DefaultLogger('ERROR') });
  const exporter = new PrometheusExporter({ preventServerStart: true });
  const meterProvider = new MeterProvider({ readers: [exporter] });
  const connection = await NativeConnection.connect({ address });
  const worker = await Worker.create({
    connection,
    namespace,
    taskQueue,
    workflowsPath: require.resolve('../workflows'),
    activities: { ...orders, ...rotationActivities },
    plugins: [
      new EnvelopePlugin({
        keyring: keyringOf(readFileSync(config, 'utf8')),
        telemetry: openTelemetry({ meterProvider }),
      }),
    ],
  });
  const running = worker.run();
  const server = createServer((request, response) => {
    exporter.getMetricsRequestHandler(request, response);
  });
  server.listen(0, '127.0.0.1', () => {
    const { port } = server.address() as AddressInfo;
    process.stderr.write(`metrics at http://127.0.0.1:${String(port)}/metrics\n`);
  });
  await running;
  server.close();
  await connection.close();
  process.exit(0);
}

main(process.argv.slice(2)).catch((error: unknown) => {
  console.error(error);
  process.exit(1);
});

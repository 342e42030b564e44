import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadClientConnectConfig } from '@temporalio/envconfig';
import { type CleanUp, freePort, startTemporal } from '@waxseal/bring-up';
import type { TemporalServer } from '@waxseal/bring-up';
import { localKeyUri, type Environment } from '@waxseal/config';
import { createLocalKeyringFile } from '@waxseal/local-key';
import { PgliteStore } from '@waxseal/store';
import { EnvelopePlugin } from '@waxseal/temporal';
import { createClient } from '../create-client';
import { createCodec } from '../create-envelope-plugin';
import { createWorker } from '../create-worker';
import { startCodecServer } from '../start-codec-server';
import { taskQueue as everyonesQueue } from '../task-queue';
import type { DemoEnvironment } from './environment';
import { loggedLines } from './logged-lines';

/**
 * Loads the key that `WAXSEAL_PRIMARY_KEY` names, or makes a local one, and starts a Codec Server, a Temporal
 * server (unless `TEMPORAL_ADDRESS` names one), a worker and a client.
 *
 * @param run - tells this run from others on the same server
 * @param options - `ui`: whether the Temporal server gets a Web UI; `tokens`: whether payloads are kept in a
 *   store, an embedded one, and Temporal gets tokens
 * @param cleanUp - gets the steps that undo this, also when it fails half-way
 */
export async function setUp(
  run: string,
  { ui, tokens }: { readonly ui: boolean; readonly tokens: boolean },
  cleanUp: CleanUp,
): Promise<DemoEnvironment> {
  const log = loggedLines();
  const directory = await mkdtemp(join(tmpdir(), 'waxseal-demo-'));
  cleanUp.add(() => rm(directory, { recursive: true, force: true }));
  const store = tokens ? new PgliteStore() : undefined;
  cleanUp.add(() => store?.close());
  const codec = await createCodec(
    process.env['WAXSEAL_PRIMARY_KEY'] ? process.env : withLocalKey(join(directory, 'keyring.json')),
    store,
  );
  const envelope = new EnvelopePlugin({ codec });
  cleanUp.add(() => {
    envelope.codec.close();
  });

  const uiPort = await freePort();
  const origins = ['127.0.0.1', 'localhost'].map((host) => `http://${host}:${String(uiPort)}`);
  const codecServer = await startCodecServer(codec, origins, 0);
  cleanUp.add(() => codecServer.close());
  const server = await startTemporal({
    databaseFile: join(directory, 'temporal.db'),
    ui,
    uiPort,
    codecEndpoint: codecServer.url,
    ownProcessGroup: true,
  });
  cleanUp.add(() => server.stop());

  const config = connectConfig(server);
  const taskQueue = `${everyonesQueue}-${run}`;
  const { worker, connection } = await createWorker(config, envelope, taskQueue);
  const running = worker.run();
  cleanUp.add(async () => {
    worker.shutdown();
    await running;
    await connection.close();
  });
  const client = await createClient(config, envelope);
  cleanUp.add(() => client.connection.close());
  return { server, client, taskQueue, codecUrl: codecServer.url, keyId: keyIdOf(envelope), store, log };
}

/** The environment, with a new local key as the key. */
function withLocalKey(file: string): Environment {
  const id = createLocalKeyringFile(file, { id: 'orders-demo' });
  return { ...process.env, WAXSEAL_PRIMARY_KEY: localKeyUri(file, id) };
}

function keyIdOf({ codec: { keyring } }: EnvelopePlugin): string {
  return typeof keyring === 'function' ? 'chosen by the configuration' : String(keyring.primaryKeyId);
}

/**
 * Reads a server's address, TLS and so on as any program does; a server of our own is not in the user's
 * configuration.
 */
function connectConfig(server: TemporalServer) {
  return server.external
    ? loadClientConnectConfig()
    : loadClientConnectConfig({ disableFile: true, overrideEnvVars: { TEMPORAL_ADDRESS: server.address } });
}

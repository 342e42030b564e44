// Serves the Codec Server on port 8081 for a Web UI on this machine, until Ctrl-C.
import { createEnvelopePlugin } from './create-envelope-plugin';
import { startCodecServer } from './start-codec-server';

async function main(): Promise<void> {
  const { codec } = await createEnvelopePlugin();
  const server = await startCodecServer(codec, ['http://localhost:8233', 'http://127.0.0.1:8233'], 8081);
  console.log(`The Codec Server is at ${server.url}. Ctrl-C stops it.`);
  process.once('SIGINT', () => {
    void server.close();
  });
}

main().catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});

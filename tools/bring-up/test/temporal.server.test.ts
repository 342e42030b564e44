import { join } from 'node:path';
import { expect, it } from '@jest/globals';
import { temporaryDirectory } from '@waxseal/test-support/temporary-directory';
import { runCommand } from '../src/process';
import { searchDatabaseFile } from '../src/search';
import { startTemporal } from '../src/temporal/temporal';

it('starts a server with Web UI, namespaces and a database file, finds what it stored, and stops it', async () => {
  const directory = temporaryDirectory();
  const server = await startTemporal({
    ui: true,
    databaseFile: join(directory, 'temporal.db'),
    codecEndpoint: 'http://127.0.0.1:9/codec',
    namespaces: ['second-namespace'],
    environment: { ...process.env, TEMPORAL_ADDRESS: '' },
  });
  try {
    const settings = await fetch(`${server.uiUrl ?? ''}/api/v1/settings`);
    expect(await settings.json()).toMatchObject({ Codec: { Endpoint: 'http://127.0.0.1:9/codec' } });
    const start = [
      'workflow',
      'start',
      '--type',
      'Nobody',
      '--task-queue',
      'nowhere',
      '--namespace',
      'second-namespace',
    ];
    const input = JSON.stringify({ card: '4242424242424242', text: 'x'.repeat(20_000) });
    await runCommand(server.cliPath ?? '', [...start, '--input', input, '--address', server.address]);
    const hits = await searchDatabaseFile(server.databaseFile ?? '', ['4242424242424242', 'never-stored']);
    expect([...new Set(hits.map(({ needle }) => needle))]).toEqual(['4242424242424242']);
  } finally {
    await server.stop();
  }
  await expect(fetch(`${server.uiUrl ?? ''}/api/v1/settings`)).rejects.toThrow();
});

import { afterAll, beforeAll } from '@jest/globals';
import { startOpenBao, type OpenBaoServer } from '@waxseal/bring-up';

/**
 * One OpenBao server for a test file, with Transit and AppRole enabled.
 *
 * @returns gives the server, within tests
 */
export function vault(): () => OpenBaoServer {
  let server: OpenBaoServer | undefined;
  beforeAll(async () => {
    server = await startOpenBao();
    await server.admin('POST', 'sys/mounts/transit', { type: 'transit' });
    await server.admin('POST', 'sys/auth/approle', { type: 'approle' });
  }, 300_000);
  afterAll(async () => {
    await server?.stop();
  });
  return () => {
    if (server === undefined) throw new Error('OpenBao was not started.');
    return server;
  };
}

import { startOpenBao } from '../openbao';
import type { KeyService } from './key-service';

/** Starts a real OpenBao with a Transit key. */
export async function startOpenBaoTransit(): Promise<KeyService> {
  const server = await startOpenBao();
  await server.admin('POST', 'sys/mounts/transit', { type: 'transit' });
  await server.admin('POST', 'transit/keys/orders', {});
  return {
    keyUri: 'vaulttransit://transit/orders',
    environment: { BAO_ADDR: server.address, BAO_TOKEN: server.rootToken },
    secrets: [server.rootToken],
    stop: () => server.stop(),
  };
}

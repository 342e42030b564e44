import { startOpenBao } from '@waxseal/bring-up';
import { VaultTransitKey } from '@waxseal/vault-transit';

import { FaultProxy } from './fault-proxy';
import type { FaultyKeyService } from './faulty-key-service';

const POLICY = 'sys/policies/acl/orders';

/** What a worker may do, and what it may do once its rights are revoked. */
function policy(capability: 'update' | 'deny'): object {
  const rule = (operation: string): string =>
    `path "transit/${operation}/orders" { capabilities = ["${capability}"] }`;
  return { policy: `${rule('encrypt')}\n${rule('decrypt')}` };
}

/** Starts a real OpenBao with a Transit key, behind a proxy. */
export async function startFaultyOpenBao(): Promise<FaultyKeyService> {
  const server = await startOpenBao();
  const admin = (...request: Parameters<typeof server.admin>): Promise<unknown> => server.admin(...request);
  const ask = async (...request: Parameters<typeof server.admin>): Promise<void> => {
    await server.admin(...request);
  };
  await admin('POST', 'sys/mounts/transit', { type: 'transit' });
  await admin('POST', 'transit/keys/orders', {});
  await admin('POST', POLICY, policy('update'));
  const made = await admin('POST', 'auth/token/create', { policies: ['orders'], no_parent: true });
  const { client_token: token } = (made as { auth: { client_token: string } }).auth;
  const proxy = await new FaultProxy(server.address, {
    status: 429,
    contentType: 'application/json',
    body: JSON.stringify({ errors: ['request path "transit/": rate limit quota exceeded'] }),
  }).start();
  return {
    name: 'OpenBao',
    proxy,
    secrets: [token],
    keyUri: 'vaulttransit://transit/orders',
    environment: { BAO_ADDR: proxy.address, BAO_TOKEN: token },
    newKey: () => new VaultTransitKey({ address: proxy.address, keyName: 'orders', auth: { token } }),
    disableKey: () => ask('DELETE', 'transit/keys/orders/soft-delete'),
    enableKey: () => ask('POST', 'transit/keys/orders/soft-delete-restore'),
    revoke: () => ask('POST', POLICY, policy('deny')),
    grant: () => ask('POST', POLICY, policy('update')),
    seal: () => ask('PUT', 'sys/seal'),
    unseal: () => ask('PUT', 'sys/unseal', { key: server.unsealKey }),
    stop: async () => {
      await proxy.stop();
      await server.stop();
    },
  };
}

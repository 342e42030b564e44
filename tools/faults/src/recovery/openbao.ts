import { startOpenBao, startTlsTerminator } from '@waxseal/bring-up';

import type { Grounds, Service, Subject } from './subject';

const ROLE = 'auth/approle/role/orders';
const ROLE_ID = 'role-of-orders';
const SECRET_ID = 'secret-of-orders';

async function start({ host, relay, certificate, caFile }: Grounds): Promise<Service> {
  const server = await startOpenBao();
  const admin = (...request: Parameters<typeof server.admin>): Promise<unknown> => server.admin(...request);
  await admin('POST', 'sys/mounts/transit', { type: 'transit' });
  await admin('POST', 'sys/auth/approle', { type: 'approle' });
  await admin('POST', 'transit/keys/orders', {});
  await admin('POST', 'sys/policies/acl/orders', {
    policy: 'path "transit/*" { capabilities = ["update"] }',
  });
  let isRefusing = true;
  const grant = async (): Promise<void> => {
    if (!isRefusing) return;
    await admin('POST', ROLE, { token_policies: ['orders'], role_id: ROLE_ID });
    await admin('POST', `${ROLE}/custom-secret-id`, { secret_id: SECRET_ID });
    isRefusing = false;
  };
  await grant();
  const front = await startTlsTerminator({
    upstream: new URL(server.address).host,
    protocols: ['http/1.1'],
    ...certificate,
  });
  return {
    uri: 'vaulttransit://transit/orders',
    environment: {
      BAO_ADDR: `https://${host}`,
      BAO_CACERT: caFile,
      BAO_ROLE_ID: ROLE_ID,
      BAO_SECRET_ID: SECRET_ID,
    },
    port: front.port,
    credentials: {
      given: async () => {
        const answer = await admin('GET', 'auth/token/accessors?list=true');
        return JSON.stringify((answer as { data: { keys: string[] } }).data.keys);
      },
      // The login is a request to the server itself, and the first.
      silence: () => {
        relay.freezeAll();
      },
      refuse: async () => {
        await admin('DELETE', ROLE);
        isRefusing = true;
      },
      answer: async () => {
        relay.thaw();
        await grant();
      },
      expire: async () => {
        await admin('POST', 'sys/leases/revoke-prefix/auth/approle/login', {});
      },
    },
    show: (next) => {
      front.useCertificate(next);
      front.disconnectAll();
    },
    stop: async () => {
      await Promise.all([front.close(), server.stop()]);
    },
  };
}

/** With AppRole. */
export const OPENBAO: Subject = {
  id: 'vault',
  name: 'OpenBao',
  source: 'a login by AppRole',
  start,
};

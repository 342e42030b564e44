import { describe, it } from '@jest/globals';
import { describeKeyProvider, type ConformanceRunner, type KeyProviderHarness } from '@waxseal/conformance';

import { VaultTransitKey } from '../src';
import { FaultyProxy } from './support/faulty-proxy';
import { creatingPolicy, decodeOnlyPolicy, doctorPolicy, workerPolicy } from './support/policies';
import { tokenWith } from './support/token-with';
import { vault } from './support/vault';

const POLICIES = { worker: workerPolicy, decoder: decodeOnlyPolicy, doctor: doctorPolicy };
const server = vault();
let opened = 0;

async function open(ofToken: object = {}): Promise<KeyProviderHarness> {
  const bao = server();
  const [a, b, missing, policy] = ['a', 'b', 'missing', 'policy'].map(
    (name) => `${name}-${String(opened)}`,
  ) as [string, string, string, string];
  opened += 1;
  for (const name of [a, b]) await bao.admin('POST', `transit/keys/${name}`, {});
  const rights = doctorPolicy(a) + doctorPolicy(b) + creatingPolicy(missing);
  const token = await tokenWith(bao, rights, policy, ofToken);
  const proxy = await new FaultyProxy(bao.address).start();
  const make = (keyName: string): VaultTransitKey =>
    new VaultTransitKey({ address: proxy.address, keyName, auth: { token } });
  const admin = async (...request: Parameters<typeof bao.admin>): Promise<void> => {
    await bao.admin(...request);
  };
  return {
    secrets: [token, bao.rootToken],
    key: () => make(a),
    otherKey: () => make(b),
    unknownKey: () => make(missing),
    disableKey: () => admin('DELETE', `transit/keys/${a}/soft-delete`),
    enableKey: () => admin('POST', `transit/keys/${a}/soft-delete-restore`),
    deleteKey: async () => {
      await admin('POST', `transit/keys/${a}/config`, { deletion_allowed: true });
      await admin('DELETE', `transit/keys/${a}`);
    },
    rotate: () => admin('POST', `transit/keys/${a}/rotate`),
    deny: () => admin('POST', `sys/policies/acl/${policy}`, { policy: doctorPolicy(b) }),
    grantOnly: async (role) => {
      await admin('POST', `sys/policies/acl/${policy}`, { policy: POLICIES[role](a) });
    },
    throttle: (times) => {
      proxy.throttled = times;
    },
    disconnect: () => proxy.stop(),
    delay: (ms) => {
      proxy.delayMs = ms;
    },
    cut: (times) => {
      proxy.cut = times;
    },
    requests: () => proxy.seen.length,
    close: () => proxy.stop(),
  };
}

/** Runs the cases on rights, and names no other. */
const onlyRights: ConformanceRunner['it'] = Object.assign(
  (name: string, run: () => Promise<void>): void => {
    if (name.includes('rights')) it(name, run);
  },
  { skip: () => undefined },
);

describeKeyProvider({ describe, it }, { name: 'VaultTransitKey on OpenBao', open: () => open() });
describeKeyProvider(
  { describe, it: onlyRights },
  {
    name: 'VaultTransitKey with tokens without the default policy',
    open: () => open({ no_default_policy: true }),
  },
);

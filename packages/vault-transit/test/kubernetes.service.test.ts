import { generateKeyPairSync, randomBytes, sign } from 'node:crypto';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { rootCertificates } from 'node:tls';

import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { rejectionOf } from '@waxseal/test-support';
import { temporaryDirectory } from '@waxseal/test-support/temporary-directory';

import { VaultTransitKey } from '../src';
import { workerPolicy } from './support/policies';
import { vault } from './support/vault';

const server = vault();
const AAD = Buffer.from('waxseal/v1/data-key');
const directory = temporaryDirectory();
const jwtPath = join(directory, 'token');
const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });

/** A service account's token, as Kubernetes signs it. */
function serviceAccountToken(): string {
  const claims = {
    iss: 'kubernetes/serviceaccount',
    sub: 'system:serviceaccount:default:worker',
    'kubernetes.io/serviceaccount/namespace': 'default',
    'kubernetes.io/serviceaccount/service-account.name': 'worker',
    'kubernetes.io/serviceaccount/service-account.uid': '1',
    jti: randomBytes(8).toString('hex'),
  };
  const content = [{ alg: 'ES256', kid: 'k' }, claims]
    .map((part) => Buffer.from(JSON.stringify(part)).toString('base64url'))
    .join('.');
  const signature = sign('sha256', Buffer.from(content), { key: privateKey, dsaEncoding: 'ieee-p1363' });
  return `${content}.${signature.toString('base64url')}`;
}

/** The Kubernetes API, as far as OpenBao asks it: whether a token is good. */
const api = createServer((request, response) => {
  request.resume().on('end', () => {
    response.writeHead(201, { 'content-type': 'application/json' }).end(
      JSON.stringify({
        apiVersion: 'authentication.k8s.io/v1',
        kind: 'TokenReview',
        status: {
          authenticated: true,
          user: { username: 'system:serviceaccount:default:worker', uid: '1', groups: [] },
        },
      }),
    );
  });
});

beforeAll(async () => {
  api.listen(0, '127.0.0.1');
  await once(api, 'listening');
  const { admin } = server();
  await admin('POST', 'transit/keys/orders', {});
  await admin('POST', 'sys/policies/acl/orders', { policy: workerPolicy('orders') });
  await admin('POST', 'sys/auth/k8s', { type: 'kubernetes' });
  await admin('POST', 'auth/k8s/config', {
    kubernetes_host: `http://127.0.0.1:${String((api.address() as AddressInfo).port)}`,
    disable_local_ca_jwt: true,
    // Must be given, and is not used: the API is spoken to without TLS.
    kubernetes_ca_cert: rootCertificates[0],
    token_reviewer_jwt: serviceAccountToken(),
  });
  await admin('POST', 'auth/k8s/role/worker', {
    bound_service_account_names: ['worker'],
    bound_service_account_namespaces: ['default'],
    token_policies: ['orders'],
    token_ttl: '1h',
  });
});
afterAll(() => {
  api.close();
  api.closeAllConnections();
});

const make = (role: string): VaultTransitKey =>
  new VaultTransitKey({
    address: server().address,
    keyName: 'orders',
    auth: { kubernetes: { role, jwtPath, mount: 'k8s' } },
  });

it('logs in with the service account’s token, read when it is needed', async () => {
  const key = make('worker');
  expect(await rejectionOf(() => key.wrap(randomBytes(32), AAD))).toMatchObject({ reason: 'denied' });
  writeFileSync(jwtPath, `${serviceAccountToken()}\n`);
  const dataKey = randomBytes(32);
  expect(Buffer.from(await key.unwrap(await key.wrap(dataKey, AAD), AAD))).toEqual(dataKey);
});

it('is denied in a role that is not there', async () => {
  writeFileSync(jwtPath, serviceAccountToken());
  expect(await rejectionOf(() => make('other').wrap(randomBytes(32), AAD))).toMatchObject({
    reason: 'denied',
  });
});

import { createPrivateKey } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { beforeAll, describe, expect, it } from '@jest/globals';
import { createTestAuthority, type CertificateRequest, type TestAuthority } from '@waxseal/bring-up';
import { temporaryDirectory } from '@waxseal/test-support/temporary-directory';

import type { Check } from '../src/doctor/report';
import { temporalChecks } from '../src/doctor/temporal-checks';
import { answeringPort } from './support/answering-port';
import { grpcStandIn } from './support/grpc-stand-in';

const API_KEY = 'api-key-that-is-a-secret';
const DAY_MS = 86_400_000;

const directory = temporaryDirectory();
let authority: TestAuthority;
let ca: string;

beforeAll(async () => {
  authority = await createTestAuthority('Doctor CA');
  ca = await file('ca.pem', authority.certPem);
});

async function file(name: string, text: string): Promise<string> {
  await writeFile(join(directory, name), text);
  return join(directory, name);
}

/** Variables for a client certificate. */
async function client(over: Partial<CertificateRequest> = {}): Promise<Record<string, string>> {
  const { certPem, keyPem } = await authority.issue({ commonName: 'worker', usage: 'client', ...over });
  return {
    TEMPORAL_TLS_SERVER_CA_CERT_PATH: ca,
    TEMPORAL_TLS_CLIENT_CERT_PATH: await file('client.pem', certPem),
    TEMPORAL_TLS_CLIENT_KEY_PATH: await file('client.key', keyPem),
  };
}

/** The checks with these variables alone. Whatever they find, no secret is in it. */
async function checks(environment: NodeJS.ProcessEnv): Promise<readonly Check[]> {
  const found = await temporalChecks({ HOME: directory, ...environment });
  expect(JSON.stringify(found)).not.toMatch(new RegExp(`${API_KEY}|PRIVATE KEY`));
  return found;
}

const failure = async (environment: NodeJS.ProcessEnv): Promise<string> =>
  (await checks(environment)).find(({ status }) => status === 'fail')?.detail ?? 'no failure';
const warnings = async (environment: NodeJS.ProcessEnv): Promise<readonly string[]> =>
  (await checks(environment)).filter(({ status }) => status === 'warn').map(({ detail }) => detail);

describe('an alert of the server', () => {
  // Numbers of RFC 8446 §6.
  it.each([
    [40, false, /demands a client certificate/],
    [40, true, /could not be agreed on with the server \(ERR_SSL_.*HANDSHAKE_FAILURE\)/],
    [42, false, /demands a client certificate/],
    [42, true, /does not accept the client certificate of "CN=worker", signed by "CN=Doctor CA"/],
    [43, true, /does not accept the client certificate/],
    [44, true, /does not accept the client certificate/],
    [45, true, /says that the client certificate of "CN=worker".* has expired/],
    [46, true, /does not accept the client certificate/],
    [48, true, /does not trust the authority that signed the client certificate of "CN=worker"/],
    [49, true, /does not accept the client certificate/],
    [70, false, /could not be agreed on with the server \(ERR_SSL_.*PROTOCOL_VERSION\)/],
    [116, false, /demands a client certificate/],
  ])('%i, with a client certificate: %p', async (alert, hasClient, said) => {
    const port = await answeringPort(Uint8Array.of(21, 3, 3, 0, 2, 2, alert));
    try {
      const own = hasClient ? await client() : { TEMPORAL_TLS_SERVER_CA_CERT_PATH: ca };
      const detail = await failure({ TEMPORAL_ADDRESS: port.address, ...own });
      expect(detail).toMatch(said);
      expect(detail.startsWith(`${port.address}: `)).toBe(true);
    } finally {
      await port.close();
    }
  });

  it('and none at all, from a server that just ends the connection', async () => {
    const port = await answeringPort(new Uint8Array());
    const address = { TEMPORAL_ADDRESS: port.address };
    expect(await failure({ ...address, TEMPORAL_TLS: 'true' })).toMatch(/It may demand a client certificate/);
    expect(await failure({ ...address, ...(await client()) })).toMatch(
      /It may not accept the client certificate/,
    );
    await port.close();
  });
});

describe('a server', () => {
  it('that keeps silent is given up', async () => {
    const port = await answeringPort();
    expect(await failure({ TEMPORAL_ADDRESS: port.address, TEMPORAL_TLS: '1' })).toMatch(/within the time/);
    await port.close();
  });

  it.each([
    [
      'that does not accept the API key',
      { ':status': 200, 'grpc-status': 16 },
      /does not accept the API key/,
    ],
    ['that denies', { ':status': 200, 'grpc-status': 7 }, /Check TEMPORAL_API_KEY/],
    [
      'that is overloaded',
      { ':status': 200, 'grpc-status': 14, 'grpc-message': 'busy' },
      /status 14, "busy"/,
    ],
    ['that is none for gRPC', { ':status': 404 }, /HTTP 404, as something other than Temporal/],
    ['that gives no status', { ':status': 200 }, /without a gRPC status/],
  ])('%s', async (_name, answer, said) => {
    const request = { commonName: 'x', ipAddresses: ['127.0.0.1'], usage: 'server' } as const;
    const server = await grpcStandIn(await authority.issue(request), answer);
    try {
      const environment = {
        TEMPORAL_ADDRESS: server.address,
        TEMPORAL_API_KEY: API_KEY,
        TEMPORAL_TLS_SERVER_CA_CERT_PATH: ca,
        TEMPORAL_GRPC_META_TEAM: 'orders',
      };
      expect(await failure(environment)).toMatch(said);
      expect(server.calls[0]).toMatchObject({
        ':path': '/temporal.api.workflowservice.v1.WorkflowService/GetSystemInfo',
        authorization: `Bearer ${API_KEY}`,
        team: 'orders',
      });
    } finally {
      await server.close();
    }
  });

  it('whose certificate has no alternative name, and which a worker would not accept', async () => {
    const server = await grpcStandIn(await authority.issue({ commonName: 'localhost', usage: 'server' }), {});
    const address = server.address.replace('127.0.0.1', 'localhost');
    const environment = { TEMPORAL_ADDRESS: address, TEMPORAL_TLS_SERVER_CA_CERT_PATH: ca };
    try {
      expect(await failure(environment)).toMatch(/no subject alternative name/);
      expect(server.calls).toEqual([]);
    } finally {
      await server.close();
    }
  });
});

describe('settings', () => {
  it.each([
    [
      'an address with a scheme',
      { TEMPORAL_ADDRESS: 'https://temporal:7233' },
      /is to be host:port, without a scheme/,
    ],
    [
      'nobody at the address',
      { TEMPORAL_ADDRESS: '127.0.0.1:9' },
      /nothing listens there\. Check TEMPORAL_ADDRESS/,
    ],
    [
      'an API key without TLS',
      { TEMPORAL_API_KEY: API_KEY, TEMPORAL_TLS: 'false' },
      /would cross the network in clear/,
    ],
    [
      'path and text of one thing',
      { TEMPORAL_TLS_SERVER_CA_CERT_PATH: 'a', TEMPORAL_TLS_SERVER_CA_CERT_DATA: 'b' },
      /Cannot specify both/,
    ],
    [
      'a key without its certificate',
      { TEMPORAL_TLS_CLIENT_KEY_DATA: 'x' },
      /CLIENT_KEY_PATH .* is set and TEMPORAL_TLS_CLIENT_CERT_PATH .* is not/,
    ],
  ])('%s', async (_name, environment, said) => {
    expect(await failure(environment)).toMatch(said);
  });

  it.each([
    ['no TOML', `[profile.default]\napi_key = "${API_KEY}\n`, /is not valid TOML at line 2, column \d+/],
    ['other tables', `[profiles.default]\napi_key = "${API_KEY}"\n`, /holds \[profile\.<name>\] tables/],
    ['no such profile', `[profile.staging]\napi_key = "${API_KEY}"\n`, /names "production", and .* has no/],
  ])('a file with %s: quotes none of its lines', async (_name, text, said) => {
    const path = await file('temporal.toml', text);
    expect(await failure({ TEMPORAL_CONFIG_FILE: path, TEMPORAL_PROFILE: 'production' })).toMatch(said);
  });

  it('warns of what envconfig passes over: a file that is not there, fields that it does not know', async () => {
    const nowhere = { TEMPORAL_ADDRESS: '127.0.0.1:9', TEMPORAL_TLS_DISABLE_HOST_VERIFICATION: 'true' };
    const missing = join(directory, 'none.toml');
    expect(await warnings({ ...nowhere, TEMPORAL_CONFIG_FILE: missing })).toEqual([
      expect.stringContaining('none.toml", which is not there'),
      expect.stringContaining('they verify the server'),
    ]);
    const path = await file('typo.toml', `[profile.default.tls]\nserver_ca_path = "${API_KEY}"\n`);
    expect(await warnings({ ...nowhere, TEMPORAL_CONFIG_FILE: path })).toContainEqual(
      expect.stringMatching(/unrecognized in profile\.default\.tls: server_ca_path$/),
    );
  });
});

describe('certificates', () => {
  const of = async (over: Partial<CertificateRequest>): Promise<string> => failure(await client(over));

  it('that cannot be used are told before a connection is made', async () => {
    expect(await of({ usage: 'server' })).toMatch(/is not one for clients/);
    expect(await of({ notBefore: new Date(Date.now() + DAY_MS / 2) })).toMatch(/is not valid before/);
    const text = { TEMPORAL_TLS_SERVER_CA_CERT_PATH: await file('text', 'no PEM') };
    expect(await failure({ ...(await client()), ...text })).toMatch(
      /^TEMPORAL_TLS_SERVER_CA.* holds no certificate/,
    );
    const noKey = { ...(await client()), TEMPORAL_TLS_CLIENT_KEY_PATH: await file('text', 'no PEM') };
    expect(await failure(noKey)).toMatch(/^TEMPORAL_TLS_CLIENT_KEY_PATH.* holds no private key/);
  });

  it('with a key that a passphrase protects are told too', async () => {
    const { keyPem } = await authority.issue({ commonName: 'x', usage: 'client' });
    const encrypted = createPrivateKey(keyPem).export({
      type: 'pkcs8',
      format: 'pem',
      cipher: 'aes-256-cbc',
      passphrase: 'x',
    });
    const key = { TEMPORAL_TLS_CLIENT_KEY_PATH: await file('encrypted.key', String(encrypted)) };
    expect(await failure({ ...(await client()), ...key })).toMatch(/encrypted with a passphrase/);
  });

  it('that expire soon are warned of: within a week, or a tenth of their life', async () => {
    const environment = { TEMPORAL_ADDRESS: '127.0.0.1:9' };
    const valid = async (days: readonly [number, number]): Promise<readonly string[]> => {
      const [notBefore, notAfter] = days.map((day) => new Date(Date.now() + day * DAY_MS));
      return warnings({ ...environment, ...(await client({ notBefore, notAfter } as CertificateRequest)) });
    };
    expect(await valid([-360, 6])).toEqual([expect.stringMatching(/expires soon: .*Renew it$/)]);
    expect(await valid([-360, 8])).toEqual([]);
    expect(await valid([-0.5, 0.5])).toEqual([]);
    expect(await valid([-0.95, 0.05])).toHaveLength(1);
  });
});

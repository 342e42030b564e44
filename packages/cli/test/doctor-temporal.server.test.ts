import { join } from 'node:path';

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startTlsGateway, type TlsGateway, type TransportMistake } from '@waxseal/bring-up';
import { localKeyUri } from '@waxseal/config';
import { createLocalKeyringFile } from '@waxseal/local-key';
import { temporaryDirectory } from '@waxseal/test-support/temporary-directory';

import { waxseal, type Ended } from './support/waxseal';

const upstream = process.env['WAXSEAL_TEST_TEMPORAL_ADDRESS'] ?? '';
const namespace = process.env['WAXSEAL_TEST_TEMPORAL_NAMESPACE'] ?? '';

let gateway: TlsGateway;
const directory = temporaryDirectory();
let key: string;

beforeAll(async () => {
  const file = join(directory, 'keyring.json');
  key = localKeyUri(file, createLocalKeyringFile(file, { id: 'doctor' }));
  gateway = await startTlsGateway(upstream, namespace);
});
afterAll(async () => {
  await gateway.close();
});

/** Takes away what the caller has set for its own Temporal. */
const unset = Object.fromEntries(
  Object.keys(process.env).flatMap((name) => (name.startsWith('TEMPORAL_') ? [[name, undefined]] : [])),
);

const doctor = (environment: NodeJS.ProcessEnv, args: readonly string[] = []): Promise<Ended> =>
  waxseal(['doctor', '--temporal', ...args], '', {
    ...unset,
    HOME: directory,
    XDG_CONFIG_HOME: undefined,
    WAXSEAL_PRIMARY_KEY: key,
    ...environment,
  });

/** What is said to do, and the check that says it. */
const SAID: Readonly<Record<TransportMistake, readonly [string, RegExp]>> = {
  'wrong authority': [
    'temporal-connection',
    /not signed by the authority that TEMPORAL_TLS_SERVER_CA_CERT_PATH .* names/,
  ],
  'private authority not named': [
    'temporal-connection',
    /not signed by an authority that Node\.js trusts\. Name .* in TEMPORAL_TLS_SERVER_CA_CERT_PATH/,
  ],
  'wrong server name': [
    'temporal-connection',
    /not for temporal\.elsewhere, as TEMPORAL_TLS_SERVER_NAME .* says, but for .*DNS:temporal\.test/,
  ],
  'no client certificate': [
    'temporal-server',
    /demands? a client certificate.*: set TEMPORAL_TLS_CLIENT_CERT_PATH .* and TEMPORAL_TLS_CLIENT_KEY_PATH/,
  ],
  'expired client certificate': ['temporal-certificates', /has expired: of "CN=expired-worker"/],
  'client certificate of another authority': [
    'temporal-server',
    /may not accept the client certificate of "CN=foreign-worker", signed by "CN=Another Test CA"/,
  ],
  'key of another certificate': [
    'temporal-certificates',
    /TEMPORAL_TLS_CLIENT_KEY_PATH .* is not the key of the certificate of "CN=orders-worker"/,
  ],
  'certificate without key': [
    'temporal-settings',
    /TEMPORAL_TLS_CLIENT_CERT_PATH .* is set and TEMPORAL_TLS_CLIENT_KEY_PATH .* is not/,
  ],
  'file that does not exist': [
    'temporal-settings',
    /TEMPORAL_TLS_CLIENT_CERT_PATH .* names ".*missing\.pem", which cannot be read: ENOENT/,
  ],
  'TLS to a plaintext port': ['temporal-connection', /does not speak TLS there\. Remove TEMPORAL_TLS /],
  'plaintext to a TLS port': [
    'temporal-server',
    /the server speaks TLS, and TLS is off here\. Set TEMPORAL_TLS /,
  ],
};

describe('waxseal doctor --temporal', () => {
  it.each(['tls', 'mtls'] as const)('finds nothing wrong over %s', async (to) => {
    const { exitCode, stdout } = await doctor(gateway.environment(to));
    expect(stdout).toMatch(new RegExp(` ok +127\\.0\\.0\\.1:\\d+ over ${to === 'tls' ? 'TLS' : 'mTLS'}\\n`));
    expect(stdout.includes('client certificate of "CN=orders-worker"')).toBe(to === 'mtls');
    expect(stdout).toMatch(/ ok +TLSv1\.3, the server's certificate is valid until /);
    expect(stdout).toMatch(/ ok +Temporal \d+\.\d+/);
    expect(stdout).toContain(`the namespace "${namespace}" is there`);
    expect(stdout).toContain('1 key: 0 failures, 0 warnings');
    expect(exitCode).toBe(0);
  });

  it('finds nothing wrong in clear, nor reports on Temporal unasked', async () => {
    const environment = { TEMPORAL_ADDRESS: upstream, TEMPORAL_NAMESPACE: namespace };
    expect((await doctor(environment)).stdout).toMatch(/ ok +\S+ in clear\n +ok +Temporal \d/);
    const unasked = await waxseal(['doctor', '--json'], '', {
      ...unset,
      ...environment,
      WAXSEAL_PRIMARY_KEY: key,
    });
    expect(JSON.parse(unasked.stdout)).not.toHaveProperty('temporal');
  });

  it('says that the namespace is not there', async () => {
    const { exitCode, stdout } = await doctor({
      ...gateway.environment('tls'),
      TEMPORAL_NAMESPACE: 'nowhere',
    });
    expect(stdout).toMatch(/ fail +\S+ the server has no namespace "nowhere"\. Check TEMPORAL_NAMESPACE/);
    expect(exitCode).toBe(1);
  });

  it.each(Object.entries(SAID))('%s: says what it is, and what to set', async (mistake, [name, said]) => {
    const environment = (await gateway.mistakes())[mistake as TransportMistake];
    const { exitCode, stdout } = await doctor(environment, ['--json']);
    const { ok, temporal } = JSON.parse(stdout) as {
      readonly ok: boolean;
      readonly temporal: readonly {
        readonly name: string;
        readonly status: string;
        readonly detail: string;
      }[];
    };
    expect([exitCode, ok]).toEqual([1, false]);
    const failed = temporal.filter(({ status }) => status === 'fail');
    expect(failed).toEqual([{ name, status: 'fail', detail: expect.stringMatching(said) }]);
    expect(stdout).not.toMatch(/BEGIN|PRIVATE/);
  });
});

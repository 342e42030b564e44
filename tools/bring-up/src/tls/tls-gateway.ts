import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type CertificateRequest, createTestAuthority, type TestAuthority } from './test-authority';
import { startTlsTerminator, type TlsTerminator } from './tls-terminator';

const HOUR_MS = 3_600_000;
const CA = 'TEMPORAL_TLS_SERVER_CA_CERT_PATH';
const CERT = 'TEMPORAL_TLS_CLIENT_CERT_PATH';
const KEY = 'TEMPORAL_TLS_CLIENT_KEY_PATH';
const SERVER_NAME = 'TEMPORAL_TLS_SERVER_NAME';

/**
 * Starts TLS and mTLS in front of a Temporal server, with certificates of an authority made for it.
 *
 * @param upstream `host:port` of the server's plaintext port
 * @param namespace for `TEMPORAL_NAMESPACE`
 */
export async function startTlsGateway(upstream: string, namespace: string): Promise<TlsGateway> {
  const authority = await createTestAuthority('Waxseal Test CA');
  const otherAuthority = await createTestAuthority('Another Test CA');
  const directory = await mkdtemp(join(tmpdir(), 'waxseal-tls-'));
  const file = async (name: string, text: string): Promise<string> => {
    await writeFile(join(directory, name), text, { mode: 0o600 });
    return join(directory, name);
  };
  /** Writes a client certificate and its key, and gives the variables that name them. */
  const pair = async (
    signer: TestAuthority,
    commonName: string,
    validity: Pick<CertificateRequest, 'notBefore' | 'notAfter'> = {},
  ): Promise<{ [CERT]: string; [KEY]: string }> => {
    const { certPem, keyPem } = await signer.issue({ commonName, usage: 'client', ...validity });
    return {
      [CERT]: await file(`${commonName}.pem`, certPem),
      [KEY]: await file(`${commonName}.key`, keyPem),
    };
  };

  const { certPem: cert, keyPem: key } = await authority.issue({
    commonName: 'temporal.test',
    dnsNames: ['temporal.test', 'localhost'],
    ipAddresses: ['127.0.0.1'],
    usage: 'server',
  });
  const tls = await startTlsTerminator({ upstream, cert, key });
  const mtls = await startTlsTerminator({ upstream, cert, key, clientCa: authority.certPem });
  const ca = await file('ca.pem', authority.certPem);
  const right = await pair(authority, 'orders-worker');

  const overTls = (address: string): TransportEnvironment => ({
    TEMPORAL_ADDRESS: address,
    TEMPORAL_NAMESPACE: namespace,
    [CA]: ca,
  });
  const environment = (to: 'tls' | 'mtls'): TransportEnvironment =>
    to === 'tls' ? overTls(tls.address) : { ...overTls(mtls.address), ...right };

  return {
    tls,
    mtls,
    authority,
    otherAuthority,
    directory,
    environment,
    mistakes: async () => {
      const good = environment('mtls');
      const now = Date.now();
      const past = { notBefore: new Date(now - 48 * HOUR_MS), notAfter: new Date(now - 24 * HOUR_MS) };
      const foreign = await pair(otherAuthority, 'foreign-worker');
      return {
        'wrong authority': { ...good, [CA]: await file('other-ca.pem', otherAuthority.certPem) },
        'private authority not named': without(good, CA),
        'wrong server name': { ...good, [SERVER_NAME]: 'temporal.elsewhere' },
        'no client certificate': overTls(mtls.address),
        'expired client certificate': { ...good, ...(await pair(authority, 'expired-worker', past)) },
        'client certificate of another authority': { ...good, ...foreign },
        'key of another certificate': { ...good, [KEY]: foreign[KEY] },
        'certificate without key': without(good, KEY),
        'file that does not exist': { ...good, [CERT]: join(directory, 'missing.pem') },
        'TLS to a plaintext port': overTls(upstream),
        'plaintext to a TLS port': { TEMPORAL_ADDRESS: tls.address, TEMPORAL_NAMESPACE: namespace },
      };
    },
    close: async () => {
      await Promise.all([tls.close(), mtls.close()]);
      await rm(directory, { recursive: true, force: true });
    },
  };
}

function without(environment: TransportEnvironment, variable: string): TransportEnvironment {
  return Object.fromEntries(Object.entries(environment).filter(([name]) => name !== variable));
}

/** `TEMPORAL_…` variables. */
export type TransportEnvironment = Readonly<Record<string, string>>;

/** TLS in front of a Temporal server, and all the certificates to connect with, right and wrong, as files. */
export interface TlsGateway {
  /**
   * Asks for no client certificate. Its own certificate is for 127.0.0.1, `localhost` and `temporal.test`.
   */
  readonly tls: TlsTerminator;
  /** Demands a client certificate that {@link authority} signed. */
  readonly mtls: TlsTerminator;
  /** Signed both sides' certificates. */
  readonly authority: TestAuthority;
  /** Signed nothing that counts. */
  readonly otherAuthority: TestAuthority;
  /** Holds the files; tests may write more. */
  readonly directory: string;
  /**
   * What makes a client connect to one of the two, with the client certificate `orders-worker` to the second.
   */
  environment(to: 'tls' | 'mtls'): TransportEnvironment;
  /**
   * What makes a client fail: the variables of {@link environment} with one mistake each, by the mistake's
   * name.
   */
  mistakes(): Promise<Readonly<Record<TransportMistake, TransportEnvironment>>>;
  /** Stops both, and removes the files. */
  close(): Promise<void>;
}

/** What people get wrong. */
export type TransportMistake =
  | 'wrong authority'
  | 'private authority not named'
  | 'wrong server name'
  | 'no client certificate'
  | 'expired client certificate'
  | 'client certificate of another authority'
  | 'key of another certificate'
  | 'certificate without key'
  | 'file that does not exist'
  | 'TLS to a plaintext port'
  | 'plaintext to a TLS port';

import { startTlsTerminator } from '@waxseal/bring-up';
import { startGoogleTokens } from '@waxseal/test-support';
import { startGcpKmsDouble } from '@waxseal/testing';

import type { Grounds, Service, Subject } from './subject';

/** More requests than are made while a fault lasts. */
const MANY = 1_000;

async function start({ host, certificate }: Grounds): Promise<Service> {
  const double = await startGcpKmsDouble({ tls: true });
  const tokens = await startGoogleTokens(() => {
    issued += 1;
    return double.issueAccessToken();
  });
  let issued = 0;
  const front = await startTlsTerminator({
    upstream: double.endpoint,
    upstreamTls: { ca: String(double.caCertificate), servername: 'localhost', ALPNProtocols: ['h2'] },
    ...certificate,
  });
  const always = (answer: (typeof tokens.next)[number]): void => {
    tokens.next.push(...Array.from({ length: MANY }, () => answer));
  };
  return {
    uri: `gcpkms://${double.createKey().name}?endpoint=${host}`,
    environment: { GCE_METADATA_HOST: tokens.host },
    port: front.port,
    credentials: {
      given: () => String(issued),
      silence: () => {
        always('silence');
      },
      refuse: () => {
        always({ status: 403, body: { error: 'forbidden' } });
      },
      answer: () => {
        tokens.next.length = 0;
      },
      expire: () => {
        double.revokeAccessTokens();
      },
    },
    show: (next) => {
      front.useCertificate(next);
      front.disconnectAll();
    },
    stop: async () => {
      await Promise.all([front.close(), tokens.close(), double.close()]);
    },
  };
}

/** With the service account of a machine, as GKE gives it. */
export const GCP_KMS: Subject = {
  id: 'gcp',
  name: 'Google Cloud KMS (double)',
  source: 'the metadata server, as in GKE and on machines of Compute Engine',
  start,
};

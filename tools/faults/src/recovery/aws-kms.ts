import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { startTlsTerminator } from '@waxseal/bring-up';
import { startAwsCredentialSource, startAwsKmsDouble, type AwsCredentialSourceKind } from '@waxseal/testing';

import type { Grounds, Service, Subject } from './subject';

async function start(kind: AwsCredentialSourceKind, grounds: Grounds): Promise<Service> {
  const double = await startAwsKmsDouble();
  const source = await startAwsCredentialSource();
  const front = await startTlsTerminator({
    upstream: new URL(double.endpoint).host,
    protocols: ['http/1.1'],
    ...grounds.certificate,
  });
  const tokenFile = join(grounds.folder, 'token');
  writeFileSync(tokenFile, 'x.y.z');
  return {
    uri: `awskms:///${double.createKey().arn}`,
    environment: {
      AWS_ENDPOINT_URL_KMS: `https://${grounds.host}`,
      ...source.environment(kind, tokenFile),
    },
    port: front.port,
    credentials: {
      given: () => String(source.issued.length),
      silence: () => {
        source.silent = Infinity;
      },
      refuse: () => {
        source.refusing = Infinity;
      },
      answer: () => {
        Object.assign(source, { silent: 0, refusing: 0 });
      },
      expire: () => {
        double.expireCredentials();
      },
    },
    show: (next) => {
      front.useCertificate(next);
      front.disconnectAll();
    },
    stop: async () => {
      await Promise.all([front.close(), source.close(), double.close()]);
    },
  };
}

/** With the agent that AWS runs beside a container. */
export const AWS_KMS: Subject = {
  id: 'aws',
  name: 'AWS KMS (double)',
  source: 'the agent of EKS Pod Identity and ECS (`AWS_CONTAINER_CREDENTIALS_FULL_URI`)',
  start: (grounds) => start('container', grounds),
};

/** With a web identity, which AWS STS takes. */
export const AWS_KMS_WEB_IDENTITY: Subject = {
  id: 'aws-sts',
  name: 'AWS KMS (double), IRSA',
  source: 'AWS STS, for a web identity (IRSA)',
  onlyCredentials: true,
  start: (grounds) => start('web-identity', grounds),
};

import type * as Sts from '@aws-sdk/client-sts';

import type { AwsKmsClient } from './aws-kms-client';

/**
 * The ARN that AWS knows the client's credentials by (`sts:GetCallerIdentity`, which needs no rights). `undefined` where
 * `@aws-sdk/client-sts` is not installed, the client does not show its credentials, or STS does not answer: nothing depends
 * on it.
 */
export async function callerArn(client: AwsKmsClient, signal: AbortSignal): Promise<string | undefined> {
  const { credentials, region } = client.config ?? {};
  const sts = loadSts();
  if (sts === undefined || credentials === undefined || region === undefined) return undefined;
  const { STSClient, GetCallerIdentityCommand } = sts;
  try {
    const client = new STSClient({ credentials, region, maxAttempts: 1 } as Sts.STSClientConfig);
    try {
      return (await client.send(new GetCallerIdentityCommand({}), { abortSignal: signal })).Arn;
    } finally {
      client.destroy();
    }
  } catch {
    return undefined;
  }
}

function loadSts(): typeof Sts | undefined {
  try {
    // An optional package, of use to one method only.
    // eslint-disable-next-line @typescript-eslint/no-require-imports
    return require('@aws-sdk/client-sts') as typeof Sts;
  } catch {
    return undefined;
  }
}

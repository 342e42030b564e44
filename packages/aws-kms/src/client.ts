import { Agent } from 'node:http';
import type {
  DecryptCommand,
  DecryptCommandOutput,
  DescribeKeyCommand,
  DescribeKeyCommandOutput,
  EncryptCommand,
  EncryptCommandOutput,
} from '@aws-sdk/client-kms';
import {
  requestKeyService,
  type KeyId,
  type KeyRequestLimits,
  type KeyRequestOptions,
} from '@waxseal/core/provider';
import { withEarlyEnd } from '@waxseal/core/internal';
import { MissingCredentialsError, type AwsIdentity, type AwsIdentitySource } from './credentials';
import { explainAwsError } from './errors';
import { dropIdleOf, EnvironmentProxyAgent } from './proxy-agent';
import { STALE_CREDENTIALS } from './sdk-errors';

/** What is given with each request. */
export interface AwsKmsSendOptions {
  readonly abortSignal?: AbortSignal;
}

/** The part of a `KMSClient` that is used: any client of the AWS SDK for JavaScript v3 has it. */
export interface AwsKmsClient {
  /** Of use to name the caller, to renew credentials that were refused, and to end dead connections. */
  readonly config?: {
    readonly credentials?: unknown;
    readonly region?: unknown;
    readonly requestHandler?: unknown;
  };
  send(command: EncryptCommand, options?: AwsKmsSendOptions): Promise<EncryptCommandOutput>;
  send(command: DecryptCommand, options?: AwsKmsSendOptions): Promise<DecryptCommandOutput>;
  send(command: DescribeKeyCommand, options?: AwsKmsSendOptions): Promise<DescribeKeyCommandOutput>;
}

/** Sends one command within an attempt, each command once. */
export type AwsKmsSend = AwsKmsClient['send'];

/**
 * Asks AWS KMS within the deadlines of a request.
 *
 * @param keyId the key that is asked, for errors
 * @param attempt sends one request
 * @throws KeyServiceError with the SDK's error as its `cause`, safe to log
 */
export function askAwsKms<T>(
  client: AwsKmsClient,
  keyId: KeyId,
  options: KeyRequestOptions | undefined,
  attempt: (send: AwsKmsSend, signal: AbortSignal, limits: KeyRequestLimits) => Promise<T>,
): Promise<T> {
  return requestKeyService({
    keyId,
    options,
    attempt: (signal, limits) => attempt(senderOf(client, signal, limits.attemptTimeoutMs), signal, limits),
    explain: explainAwsError,
  });
}

/**
 * Sends commands of one attempt. Credentials that the service calls out of date are renewed, and the command
 * is sent once more. An attempt that waits for credentials until its end says so. When the signal is aborted,
 * the client's idle connections end too.
 *
 * @param timeoutMs of the attempt that the signal ends
 */
export function senderOf(client: AwsKmsClient, signal: AbortSignal, timeoutMs: number): AwsKmsSend {
  const send = async (command: EncryptCommand): Promise<EncryptCommandOutput> => {
    const sent = observeSending(command);
    const missing = (): Error | undefined =>
      sent() === undefined ? new MissingCredentialsError() : undefined;
    const answer = async (abortSignal: AbortSignal): Promise<EncryptCommandOutput> => {
      const ask = (): Promise<EncryptCommandOutput> => client.send(command, { abortSignal });
      try {
        return await ask();
      } catch (error) {
        const isStale = STALE_CREDENTIALS.has(String((error as { name?: unknown } | undefined)?.name));
        if (!isStale || !(await hasOtherCredentials(client, sent()))) throw error;
        abortSignal.throwIfAborted();
        return ask();
      }
    };
    const dropIdle = (): void => {
      dropIdleConnections(client);
    };
    signal.addEventListener('abort', dropIdle, { once: true });
    try {
      return await withEarlyEnd(timeoutMs, signal, missing, answer);
    } finally {
      signal.removeEventListener('abort', dropIdle);
    }
  };
  // One implementation for all commands: only their answers differ.
  return send as AwsKmsSend;
}

/** What a request was signed with. */
interface Sent {
  readonly authorization: string;
  readonly sessionToken: string | undefined;
}

/** Makes a command tell what it was last signed with; `undefined` while it waits for that. */
function observeSending(command: EncryptCommand): () => Sent | undefined {
  let sent: Sent | undefined;
  command.middlewareStack.add(
    (next) => (args) => {
      const { headers = {} } = args.request as { headers?: Readonly<Record<string, string>> };
      sent = { authorization: headers['authorization'] ?? '', sessionToken: headers['x-amz-security-token'] };
      return next(args);
    },
    { step: 'deserialize', name: 'waxsealObserveSending', priority: 'low' },
  );
  return () => sent;
}

/** Whether the client has other credentials than those that were refused, asked anew where it must. */
async function hasOtherCredentials(client: AwsKmsClient, refused: Sent | undefined): Promise<boolean> {
  const source = client.config?.credentials;
  if (typeof source !== 'function' || refused === undefined) return false;
  const isOther = ({ accessKeyId, sessionToken }: AwsIdentity): boolean =>
    sessionToken !== refused.sessionToken || !refused.authorization.includes(`Credential=${accessKeyId}/`);
  try {
    const provide = source as AwsIdentitySource;
    return isOther(await provide()) || isOther(await provide({ forceRefresh: true }));
  } catch {
    return false;
  }
}

function dropIdleConnections(client: AwsKmsClient): void {
  const handler = client.config?.requestHandler as { httpHandlerConfigs?: () => object } | undefined;
  const { httpAgent, httpsAgent } = (handler?.httpHandlerConfigs?.() ?? {}) as Record<string, unknown>;
  for (const agent of [httpAgent, httpsAgent]) {
    if (agent instanceof EnvironmentProxyAgent) agent.dropIdle();
    else if (agent instanceof Agent) dropIdleOf(agent);
  }
}

import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { readBody } from '../loopback';

/** Where an AWS SDK can be made to look for credentials. */
export type AwsCredentialSourceKind = 'container' | 'instance' | 'web-identity';

const IMDS_PATH = '/latest/meta-data/iam/security-credentials/';
const ROLE = 'waxseal-role';
const ACCESS_DENIED =
  '<ErrorResponse><Error><Type>Sender</Type><Code>AccessDenied</Code><Message>Not authorized.</Message></Error></ErrorResponse>';

/**
 * A running source of temporary credentials: the agent of ECS and EKS Pod Identity, the instance metadata
 * service (version 2), and AWS STS for a web identity, each with credentials of its own for each request.
 * Made by `startAwsCredentialSource`.
 */
export class AwsCredentialSource {
  /** Requests so far, those that were not answered included. */
  requests = 0;
  /** So many of the next requests are never answered. May be set. */
  silent = 0;
  /** So many of the next requests, after those, are refused with 403. May be set. */
  refusing = 0;
  /** Seconds for which credentials are good. May be set. */
  lifetimeSeconds = 3600;
  /** Access key IDs that were given out, oldest first. */
  readonly issued: string[] = [];

  readonly #server: Server;

  /** Use `startAwsCredentialSource`. */
  constructor() {
    this.#server = createServer((request, response) => {
      this.#serve(request, response).catch(() => {
        response.destroy();
      });
    });
  }

  /** `http://127.0.0.1:<port>`. */
  get url(): string {
    return `http://127.0.0.1:${String((this.#server.address() as AddressInfo).port)}`;
  }

  /**
   * The variables that make an AWS SDK ask here.
   *
   * @param tokenFile of a web identity: any file
   */
  environment(kind: AwsCredentialSourceKind, tokenFile = ''): Readonly<Record<string, string>> {
    switch (kind) {
      case 'container':
        return { AWS_CONTAINER_CREDENTIALS_FULL_URI: `${this.url}/v1/credentials` };
      case 'instance':
        return { AWS_EC2_METADATA_SERVICE_ENDPOINT: this.url };
      case 'web-identity':
        return {
          AWS_WEB_IDENTITY_TOKEN_FILE: tokenFile,
          AWS_ROLE_ARN: `arn:aws:iam::111122223333:role/${ROLE}`,
          AWS_ENDPOINT_URL_STS: this.url,
        };
    }
  }

  /** Listens on a free port of the loopback interface. Done by `startAwsCredentialSource`. */
  async listen(): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      this.#server.once('error', reject);
      this.#server.listen(0, '127.0.0.1', resolve);
    });
  }

  /** Cuts all connections and stops. */
  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise<void>((resolve) => {
      this.#server.close(() => {
        resolve();
      });
    });
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    this.requests++;
    await readBody(request);
    if (this.silent > 0) {
      this.silent--;
      return;
    }
    if (this.refusing > 0) {
      this.refusing--;
      response.statusCode = 403;
      response.end(ACCESS_DENIED);
      return;
    }
    const path = request.url ?? '/';
    if (request.method === 'PUT' && path === '/latest/api/token') response.end('metadata-token');
    else if (path === IMDS_PATH) response.end(ROLE);
    else if (path === `${IMDS_PATH}${ROLE}` || path === '/v1/credentials') {
      const { AccessKeyId, SecretAccessKey, SessionToken, Expiration } = this.#issue();
      response.setHeader('Content-Type', 'application/json');
      response.end(JSON.stringify({ AccessKeyId, SecretAccessKey, Token: SessionToken, Expiration }));
    } else if (request.method === 'POST' && path === '/') {
      response.setHeader('Content-Type', 'text/xml');
      response.end(assumedRole(this.#issue()));
    } else {
      response.statusCode = 404;
      response.end();
    }
  }

  #issue(): Readonly<Record<'AccessKeyId' | 'SecretAccessKey' | 'SessionToken' | 'Expiration', string>> {
    const count = String(this.issued.length + 1).padStart(8, '0');
    const AccessKeyId = `ASIADOUBLE${count}`;
    this.issued.push(AccessKeyId);
    return {
      AccessKeyId,
      SecretAccessKey: `secret-of-${AccessKeyId}`,
      SessionToken: `session-of-${AccessKeyId}`,
      Expiration: new Date(Date.now() + this.lifetimeSeconds * 1000).toISOString(),
    };
  }
}

function assumedRole(credentials: Readonly<Record<string, string>>): string {
  const members = Object.entries(credentials).map(([name, value]) => `<${name}>${value}</${name}>`);
  const user = `<Arn>arn:aws:sts::111122223333:assumed-role/${ROLE}/s</Arn><AssumedRoleId>AROA:s</AssumedRoleId>`;
  const result = `<Credentials>${members.join('')}</Credentials><AssumedRoleUser>${user}</AssumedRoleUser>`;
  return `<AssumeRoleWithWebIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><AssumeRoleWithWebIdentityResult>${result}</AssumeRoleWithWebIdentityResult></AssumeRoleWithWebIdentityResponse>`;
}

/**
 * Starts a source of AWS credentials on a free port of the loopback interface. Give the SDK the variables of
 * {@link AwsCredentialSource.environment}.
 */
export async function startAwsCredentialSource(): Promise<AwsCredentialSource> {
  const source = new AwsCredentialSource();
  await source.listen();
  return source;
}

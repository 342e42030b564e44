import { AsyncLocalStorage } from 'node:async_hooks';
import type { ChildProcess } from 'node:child_process';
import { subscribe } from 'node:diagnostics_channel';
import type { ClientRequest } from 'node:http';
import { withDeadline } from '@waxseal/core/provider';

/** Credentials of AWS, as every provider of the SDK gives them. */
export interface AwsIdentity {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
  readonly expiration?: Date;
}

/** What the SDK hands to a provider of credentials. */
export type AwsIdentityProperties = Record<string, unknown> & { readonly forceRefresh?: boolean };

/** Gives credentials: one of the SDK's, or a chain of them. */
export type AwsIdentitySource = (properties?: AwsIdentityProperties) => Promise<AwsIdentity>;

/** A source that has not answered for so long is asked once more beside. */
const SLOW_MS = 1_000;
/** A call waits so long: less than the default attempt of two seconds. */
const PATIENCE_MS = 1_600;
/** More than these do not run at once; the oldest is ended. */
const MAX_RUNNING = 3;
/** So long before their end credentials are replaced, and until then they serve where there are no others. */
const EARLY_MS = 300_000;
const LAST_MS = 10_000;

/** One time that the source was asked. */
interface Resolution {
  readonly startedMs: number;
  readonly result: Promise<AwsIdentity>;
  /** Ends what it has under way. */
  readonly end: () => void;
}

/**
 * Credentials from a source that may fall silent.
 *
 * The SDK's providers share one promise among all who wait, and some of their requests have no time limit: an
 * agent that does not answer once keeps every later request waiting, until the process starts anew. Here each
 * call ends in its time, and a source that is silent is asked again beside: what answers first counts, so
 * that a slow source is waited for and a silent one is not.
 */
export class RenewedCredentials {
  readonly #newSource: () => AwsIdentitySource;
  readonly #running: Resolution[] = [];
  #kept: AwsIdentity | undefined;

  /** @param newSource makes a source that shares nothing with those before */
  constructor(newSource: () => AwsIdentitySource) {
    this.#newSource = newSource;
  }

  /**
   * For `credentials` of a client.
   *
   * @throws what the source throws, or a `MissingCredentialsError` past its time
   */
  readonly provide = (properties: AwsIdentityProperties = {}): Promise<AwsIdentity> => {
    const kept = properties.forceRefresh === true ? undefined : this.#kept;
    if (kept === undefined || lifetimeMs(kept) <= LAST_MS) return this.#ask(properties);
    if (lifetimeMs(kept) <= EARLY_MS) this.#startWhereSlow(properties);
    return Promise.resolve(kept);
  };

  async #ask(properties: AwsIdentityProperties): Promise<AwsIdentity> {
    this.#startWhereSlow(properties);
    try {
      return await withDeadline(SLOW_MS, undefined, () => this.#first(), slow);
    } catch (error) {
      if (!(error instanceof SlowSource)) throw error;
    }
    this.#startWhereSlow(properties);
    return withDeadline(
      PATIENCE_MS - SLOW_MS,
      undefined,
      () => this.#first(),
      () => new MissingCredentialsError(),
    );
  }

  /** What the first of those that run gives, or the error of the last when all have failed. */
  async #first(): Promise<AwsIdentity> {
    try {
      return await Promise.any(this.#running.map(({ result }) => result));
    } catch (error) {
      throw (error as AggregateError).errors.at(-1);
    }
  }

  #startWhereSlow(properties: AwsIdentityProperties): void {
    const youngest = this.#running.at(-1);
    if (youngest !== undefined && performance.now() - youngest.startedMs < SLOW_MS) return;
    if (this.#running.length === MAX_RUNNING) this.#running.shift()?.end();
    const resolution = resolve(this.#newSource(), properties);
    this.#running.push(resolution);
    const settle = (): void => {
      const at = this.#running.indexOf(resolution);
      if (at >= 0) this.#running.splice(at, 1);
    };
    resolution.result.then((identity) => {
      this.#kept = identity;
      settle();
      // Theirs is not needed any more.
      for (const older of this.#running.splice(0)) older.end();
    }, settle);
  }
}

class SlowSource extends Error {}

function slow(): Error {
  return new SlowSource();
}

function lifetimeMs({ expiration }: AwsIdentity): number {
  return expiration === undefined ? Infinity : expiration.getTime() - Date.now();
}

/** What a resolution has under way: requests, and programs of a profile's `credential_process`. */
interface Work {
  readonly requests: Set<ClientRequest>;
  readonly programs: Set<ChildProcess>;
  isEnded: boolean;
}

const works = new AsyncLocalStorage<Work>();

/** Node.js tells of each request and program, in the context that began it. */
function observe(message: unknown): void {
  const work = works.getStore();
  if (work === undefined) return;
  const { request, process } = message as { request?: ClientRequest; process?: ChildProcess };
  if (request !== undefined) {
    work.requests.add(request);
    // Who waits keeps the process alive; what is left behind does not.
    if (request.socket === null) request.once('socket', (socket) => socket.unref());
    else request.socket.unref();
  }
  if (process !== undefined) work.programs.add(process);
  if (work.isEnded) end(work);
}

function end(work: Work): void {
  work.isEnded = true;
  for (const request of work.requests) request.destroy();
  for (const program of work.programs) program.kill();
}

let isObserved = false;

function resolve(source: AwsIdentitySource, properties: AwsIdentityProperties): Resolution {
  if (!isObserved) {
    subscribe('http.client.request.start', observe);
    subscribe('child_process', observe);
    isObserved = true;
  }
  const work: Work = { requests: new Set(), programs: new Set(), isEnded: false };
  return {
    startedMs: performance.now(),
    result: works.run(work, async () => source(properties)),
    end: () => {
      end(work);
    },
  };
}

/**
 * Where the SDK looks for credentials, in its order, as far as the environment tells; and what to look at
 * when they do not come. No value is shown but a profile's name.
 */
export function credentialSource(environment: NodeJS.ProcessEnv): {
  readonly source: string;
  readonly nextStep: string;
} {
  const isSet = (name: string): boolean => (environment[name] ?? '') !== '';
  if (isSet('AWS_PROFILE')) {
    return {
      source: `the profile ${JSON.stringify(environment['AWS_PROFILE'])} (AWS_PROFILE)`,
      nextStep: 'Check what the profile names: credential_process, sso_session, source_profile or role_arn',
    };
  }
  if (isSet('AWS_ACCESS_KEY_ID') && isSet('AWS_SECRET_ACCESS_KEY')) {
    return { source: 'AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY', nextStep: 'Check them' };
  }
  if (isSet('AWS_WEB_IDENTITY_TOKEN_FILE') && isSet('AWS_ROLE_ARN')) {
    return {
      source: 'AWS STS for AWS_ROLE_ARN with AWS_WEB_IDENTITY_TOKEN_FILE (IRSA)',
      nextStep: 'Check that STS can be reached: VPC endpoint, HTTPS_PROXY, AWS_ENDPOINT_URL_STS',
    };
  }
  for (const name of ['AWS_CONTAINER_CREDENTIALS_RELATIVE_URI', 'AWS_CONTAINER_CREDENTIALS_FULL_URI']) {
    if (!isSet(name)) continue;
    return {
      source: `the container's credentials agent (${name}; ECS, EKS Pod Identity)`,
      nextStep: 'Check the agent on the node, and that the pod may reach it',
    };
  }
  return {
    source: 'the instance metadata service (IMDS), since no variable names another source',
    nextStep:
      'Give the instance or pod a role and reach IMDS (hop limit), or set AWS_PROFILE, AWS_WEB_IDENTITY_TOKEN_FILE or AWS_ACCESS_KEY_ID',
  };
}

/** Credentials did not come in time. */
export class MissingCredentialsError extends Error {
  override readonly name = 'MissingCredentialsError';

  constructor() {
    const { source, nextStep } = credentialSource(process.env);
    super(`AWS credentials were not obtained in time from ${source}. ${nextStep}.`);
  }
}

import { KeyServiceAnswerError, withDeadline } from '@waxseal/core/provider';
import { type GcpKmsClient, initializeClient } from './client';
import { isTokenError } from './credential-errors';
import { isTokenRefused } from './errors';

/**
 * How a connection of ours is kept: pinged every minute, so that no NAT forgets it and a dead one is seen.
 * Google's front ends answer pings more often than every 30 seconds with ENHANCE_YOUR_CALM
 * (googleapis/java-bigtable-hbase#2682). Subchannels are not shared with other clients of the process: a new
 * client would be given the dead connection of the old one.
 */
export const OWN_CONNECTION: Readonly<Record<`grpc.${string}`, number>> = {
  'grpc.keepalive_time_ms': 60_000,
  'grpc.keepalive_timeout_ms': 10_000,
  'grpc.keepalive_permit_without_calls': 1,
  'grpc.use_local_subchannel_pool': 1,
};

const DEADLINE_EXCEEDED = 4;
const UNAVAILABLE = 14;
/** Of a channel: https://grpc.github.io/grpc/core/md_doc_connectivity-semantics-and-api.html. */
const TRANSIENT_FAILURE = 3;

/** Part of an attempt's time after which the client's own deadlines end it, and say where it was. */
export const EARLIER = 0.9;

/** A client while requests are sent by it. */
interface Lease {
  readonly client: GcpKmsClient;
  /** Whether it was made here, and so is closed here. */
  readonly isOurs: boolean;
  uses: number;
  isGivenUp: boolean;
}

/**
 * The client that requests are sent by, and another in its place once a request tells that it will not come
 * back by itself: its connection is silent or cannot be made, its token was refused, or its credentials
 * cannot be had. gRPC does not notice a connection that fell silent, and waits up to two minutes before it
 * connects or looks a name up again; Google's credentials share one pending request for good.
 */
export class RenewableClient {
  readonly #given: GcpKmsClient | (() => GcpKmsClient);
  #lease: Lease | undefined;

  /** @param given the application's client, or what makes one */
  constructor(given: GcpKmsClient | (() => GcpKmsClient)) {
    this.#given = given;
    if (typeof given !== 'function') {
      this.#lease = { client: given, isOurs: false, uses: 0, isGivenUp: false };
    }
  }

  /** The client of the next request. */
  get current(): GcpKmsClient {
    return this.#current().client;
  }

  /**
   * Sends one request, with credentials that are loaded.
   *
   * @param signal of the attempt; past its deadline the client is given up
   * @param attemptTimeoutMs that deadline; the credentials must be there a little earlier
   * @throws what `ask` throws; KeyServiceAnswerError where the credentials cannot be loaded
   */
  async use<T>(
    signal: AbortSignal,
    attemptTimeoutMs: number,
    ask: (client: GcpKmsClient) => Promise<T>,
  ): Promise<T> {
    const lease = this.#current();
    const late = (): void => {
      if ((signal.reason as Error | undefined)?.name === 'TimeoutError') this.#giveUp(lease);
    };
    signal.addEventListener('abort', late, { once: true });
    lease.uses += 1;
    try {
      await loadCredentials(lease.client, attemptTimeoutMs * EARLIER, signal).catch((error: unknown) => {
        this.#giveUp(lease);
        throw error;
      });
      signal.throwIfAborted();
      return await ask(lease.client);
    } catch (error) {
      if (isTokenRefused(error)) await expireToken(lease.client);
      if (await isWorthAnother(lease.client, error)) this.#giveUp(lease);
      throw error;
    } finally {
      signal.removeEventListener('abort', late);
      lease.uses -= 1;
      closeIfUnused(lease);
    }
  }

  #current(): Lease {
    this.#lease ??= leaseOf(this.#given);
    return this.#lease;
  }

  #giveUp(lease: Lease): void {
    lease.isGivenUp = true;
    if (this.#lease === lease) this.#lease = undefined;
    forgetMetadataServer(lease.client);
    closeIfUnused(lease);
  }
}

/** @throws KeyServiceAnswerError that says what is missing, or that nothing answers */
function loadCredentials(client: GcpKmsClient, ms: number, signal: AbortSignal): Promise<void> {
  const late = (): Error =>
    new KeyServiceAnswerError(
      `The client's credentials were not there within ${String(ms)} ms: the metadata server, or what gives tokens, does not answer. Let this machine reach it (169.254.169.254, or GCE_METADATA_HOST; not through a proxy), or set GOOGLE_APPLICATION_CREDENTIALS to a credentials file.`,
      'timeout',
    );
  return withDeadline(ms, signal, () => initializeClient(client), late);
}

function leaseOf(given: GcpKmsClient | (() => GcpKmsClient)): Lease {
  const client = typeof given === 'function' ? given() : anotherLike(given);
  if (client !== undefined) return { client, isOurs: true, uses: 0, isGivenUp: false };
  const kept = given as GcpKmsClient;
  // Connects again and loads its credentials again.
  delete kept.keyManagementServiceStub;
  return { client: kept, isOurs: false, uses: 0, isGivenUp: false };
}

/** A client with the options of the given one, and credentials of its own unless those were given to it. */
function anotherLike(given: GcpKmsClient): GcpKmsClient | undefined {
  const { _opts: options } = given as { readonly _opts?: unknown };
  if (typeof options !== 'object' || options === null) return undefined;
  const Client = given.constructor as new (options: object) => GcpKmsClient;
  return new Client({ ...OWN_CONNECTION, ...options, 'grpc.use_local_subchannel_pool': 1 });
}

/** Whether a request failed in a way that the same client may repeat for long. */
async function isWorthAnother(client: GcpKmsClient, error: unknown): Promise<boolean> {
  const { code } = (error ?? {}) as { readonly code?: unknown };
  if (code === DEADLINE_EXCEEDED || isTokenRefused(error) || isTokenError(error)) return true;
  // An UNAVAILABLE of the service comes over a connection that is well.
  return code === UNAVAILABLE && (await isDisconnected(client));
}

/** The part of an `AuthClient` of `google-auth-library` that is used. */
interface AuthClient {
  readonly credentials: { readonly refresh_token?: unknown };
  readonly refreshHandler?: unknown;
  setCredentials(credentials: object): void;
}

/**
 * Makes the source of tokens ask for another, where the application has given it and the next client has it
 * too. A fixed token, which nothing can replace, is left.
 */
async function expireToken({ auth }: GcpKmsClient): Promise<void> {
  const source = (await auth.getClient?.()) as AuthClient | undefined;
  if (source === undefined) return;
  const { credentials, refreshHandler } = source;
  const isFixed =
    (credentials.refresh_token ?? refreshHandler) === undefined && !('retrieveSubjectToken' in source);
  if (!isFixed) source.setCredentials({ ...credentials, access_token: undefined, expiry_date: 1 });
}

/** The part of a stub of gRPC that is used. */
interface Stub {
  getChannel?(): { getConnectivityState(tryToConnect: boolean): number };
}

/** Whether a channel of the client (KMS has one, IAM another) has no connection and waits to make one. */
async function isDisconnected(client: GcpKmsClient): Promise<boolean> {
  const { iamClient } = client as { readonly iamClient?: { readonly iamPolicyStub?: Promise<unknown> } };
  const stubs = (await Promise.all([client.keyManagementServiceStub, iamClient?.iamPolicyStub])) as (
    Stub | undefined
  )[];
  return stubs.some((stub) => stub?.getChannel?.().getConnectivityState(false) === TRANSIENT_FAILURE);
}

/** Each time the library is made to look again, it may print a warning. */
const LOOK_AGAIN_MS = 10_000;
let lookedAt = -Infinity;

/** Google's library asks once in a process whether there is a metadata server, and keeps the answer. */
function forgetMetadataServer(client: GcpKmsClient): void {
  const now = performance.now();
  if (now - lookedAt < LOOK_AGAIN_MS) return;
  lookedAt = now;
  const { _gaxModule: gax } = client as {
    readonly _gaxModule?: {
      readonly googleAuthLibrary?: { readonly gcpMetadata?: { resetIsAvailableCache?(): void } };
    };
  };
  gax?.googleAuthLibrary?.gcpMetadata?.resetIsAvailableCache?.();
}

function closeIfUnused({ client, isOurs, uses, isGivenUp }: Lease): void {
  if (!isOurs || !isGivenUp || uses > 0) return;
  Promise.resolve(client.close?.()).catch(() => undefined);
}

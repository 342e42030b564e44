import { readFile } from 'node:fs/promises';
import { ConfigurationError, withDeadline } from '@waxseal/core/provider';
import type { TokenSource, VaultClient } from './client';
import { VaultProtocolError, VaultAnswerError } from './errors';
import { checkFields, checkText, CREDENTIAL, jsonObject, PATH, type JsonObject } from './checks';
import type { VaultAppRoleAuth, VaultAuth, VaultKubernetesAuth } from './options';

/** What is sent to log in. */
interface LoginRequest {
  /** Path under `/v1/`. */
  readonly path: string;
  readonly body: JsonObject;
  /** Texts of the body that no error may show. */
  readonly secrets: readonly string[];
}

/** Makes the request of one login. */
type Login = () => LoginRequest | Promise<LoginRequest>;

/** @throws ConfigurationError that names the field */
function appRoleLogin(options: VaultAppRoleAuth['appRole']): Login {
  const given = checkFields(options, 'auth.appRole', ['roleId', 'secretId', 'mount']);
  const roleId = checkText(given['roleId'], 'auth.appRole.roleId', CREDENTIAL);
  const secretId = checkText(given['secretId'], 'auth.appRole.secretId', CREDENTIAL);
  const mount = checkText(given['mount'] ?? 'approle', 'auth.appRole.mount', PATH);
  const request = {
    path: `auth/${mount}/login`,
    body: { role_id: roleId, secret_id: secretId },
    secrets: [secretId, roleId],
  };
  return () => request;
}

/** https://kubernetes.io/docs/tasks/run-application/access-api-from-pod/#directly-accessing-the-rest-api */
const SERVICE_ACCOUNT_TOKEN = '/var/run/secrets/kubernetes.io/serviceaccount/token';

const FILE_PATH = { pattern: /^[^\0]+$/, words: 'a path' };

/** @throws ConfigurationError that names the field */
function kubernetesLogin(options: VaultKubernetesAuth['kubernetes']): Login {
  const given = checkFields(options, 'auth.kubernetes', ['role', 'jwtPath', 'mount']);
  const role = checkText(given['role'], 'auth.kubernetes.role', {
    ...CREDENTIAL,
    words: 'the name of a role',
  });
  const mount = checkText(given['mount'] ?? 'kubernetes', 'auth.kubernetes.mount', PATH);
  const jwtPath = checkText(given['jwtPath'] ?? SERVICE_ACCOUNT_TOKEN, 'auth.kubernetes.jwtPath', FILE_PATH);
  return async () => {
    // Kubernetes replaces the file before the token in it expires.
    const text = (await readFile(jwtPath, 'utf8').catch(unreadable)).trim();
    const jwt = checkText(text, 'the file at auth.kubernetes.jwtPath', CREDENTIAL);
    return { path: `auth/${mount}/login`, body: { role, jwt }, secrets: [jwt] };
  };
}

function unreadable(error: NodeJS.ErrnoException): never {
  throw new ConfigurationError(
    `VaultTransitKey: the file at auth.kubernetes.jwtPath cannot be read (${error.code ?? 'unknown error'}).`,
  );
}

/** A token, and how long it is good for. Times are of `performance.now()`. */
interface Lease {
  readonly token: string;
  /** What the server granted, in milliseconds; infinite for a token that does not expire. */
  readonly durationMs: number;
  /** From then on it is worth renewing. */
  readonly renewAt: number;
  /** From then on it is not used. */
  readonly endsAt: number;
  readonly renewable: boolean;
}

/**
 * The `auth` of an answer to a login or a renewal.
 *
 * @param now `performance.now()` before the request was sent
 * @throws VaultProtocolError when there is no token in it
 */
function leaseOf(answer: JsonObject, now: number): Lease {
  const { client_token: token, lease_duration: seconds, renewable } = jsonObject(answer['auth']);
  if (typeof token !== 'string' || !CREDENTIAL.pattern.test(token)) {
    throw new VaultProtocolError(
      'The answer to the login holds no token. Multi-factor logins are not supported.',
    );
  }
  const durationMs = typeof seconds === 'number' && seconds > 0 ? seconds * 1_000 : Infinity;
  return {
    token,
    durationMs,
    renewAt: now + (durationMs * 2) / 3,
    endsAt: now + durationMs * 0.95,
    renewable: renewable === true,
  };
}

/**
 * @throws ConfigurationError when `auth` is not exactly one of the three forms
 */
export function tokenSourceOf(auth: VaultAuth, client: VaultClient): TokenSource {
  // Callers from JavaScript can hand over anything.
  const given: VaultAuth | Record<string, never> = { ...(auth as VaultAuth | undefined) };
  const names = Object.keys(given);
  if (names.length === 1 && 'token' in given) return new GivenTokenSource(given.token);
  if (names.length === 1 && 'appRole' in given) {
    return new LoginTokenSource(client, appRoleLogin(given.appRole));
  }
  if (names.length === 1 && 'kubernetes' in given) {
    return new LoginTokenSource(client, kubernetesLogin(given.kubernetes));
  }
  throw new ConfigurationError(
    'VaultTransitKey: auth must be { token }, { appRole: { roleId, secretId } } or { kubernetes: { role } }.',
  );
}

/** A token that somebody else made and renews. */
class GivenTokenSource implements TokenSource {
  readonly #give: () => string | Promise<string>;
  readonly #isFixed: boolean;

  /** @throws ConfigurationError when a fixed token is no token */
  constructor(token: unknown) {
    this.#isFixed = typeof token !== 'function';
    if (typeof token === 'function') {
      this.#give = token as () => string | Promise<string>;
    } else {
      const fixed = checkText(token, 'auth.token', CREDENTIAL);
      this.#give = () => fixed;
    }
  }

  /** @throws ConfigurationError when the function gives no token; what the function throws */
  async token(): Promise<string> {
    return checkText(await this.#give(), 'the result of auth.token()', CREDENTIAL);
  }

  reject(): boolean {
    return !this.#isFixed;
  }
}

/** How long a token that could not be renewed is used before that is tried again. */
const NEXT_TRY_MS = 5_000;

/**
 * Tokens from a login. From two thirds of the lease on, the next request renews the token, or logs in where
 * the token cannot be renewed any more; the requests meanwhile use the old token while it lasts. There is one
 * login or renewal at a time, however many requests wait for it, and none while nobody asks.
 */
class LoginTokenSource implements TokenSource {
  readonly #client: VaultClient;
  readonly #login: Login;
  #lease: Lease | undefined;
  #pending: Promise<Lease> | undefined;
  #retryAt = 0;
  /** The lease that the last login gave: a renewal that gives much less is near the token's end. */
  #fullMs = 0;

  constructor(client: VaultClient, login: Login) {
    this.#client = client;
    this.#login = login;
  }

  async token(timeoutMs: number): Promise<string> {
    const now = performance.now();
    const lease = this.#lease;
    if (lease === undefined || now >= lease.endsAt) return (await this.#first(timeoutMs)).token;
    if (now >= lease.renewAt && now >= this.#retryAt) {
      this.#refresh(lease, timeoutMs).catch(() => {
        this.#retryAt = performance.now() + NEXT_TRY_MS;
      });
    }
    return lease.token;
  }

  reject(token: string): boolean {
    if (this.#lease?.token === token) this.#lease = undefined;
    return true;
  }

  /**
   * A lease where there is none. A login that was under way before may have begun in a silence that is over
   * by now: where it ends without an answer, there is one more.
   */
  async #first(timeoutMs: number): Promise<Lease> {
    const underWay = this.#pending;
    if (underWay === undefined) return this.#refresh(undefined, timeoutMs);
    try {
      return await underWay;
    } catch (error) {
      if (error instanceof VaultAnswerError || error instanceof ConfigurationError) throw error;
      return this.#refresh(undefined, timeoutMs);
    }
  }

  #refresh(old: Lease | undefined, timeoutMs: number): Promise<Lease> {
    this.#pending ??= this.#renewOrLogIn(old, timeoutMs)
      .then((lease) => {
        this.#lease = lease;
        return lease;
      })
      .finally(() => {
        this.#pending = undefined;
      });
    return this.#pending;
  }

  async #renewOrLogIn(old: Lease | undefined, timeoutMs: number): Promise<Lease> {
    if (old?.renewable === true) {
      const renewed = await this.#renew(old, timeoutMs);
      if (renewed !== undefined && renewed.durationMs > this.#fullMs / 2) return renewed;
    }
    const { path, body, secrets } = await this.#login();
    const now = performance.now();
    const answer = await withinDeadline(timeoutMs, (signal) =>
      this.#client.send({ path, body, secrets, signal }),
    );
    const lease = leaseOf(answer, now);
    this.#fullMs = lease.durationMs;
    return lease;
  }

  /** @returns `undefined` when the server does not renew the token */
  async #renew(old: Lease, timeoutMs: number): Promise<Lease | undefined> {
    const now = performance.now();
    try {
      const answer = await withinDeadline(timeoutMs, (signal) =>
        this.#client.send({
          path: 'auth/token/renew-self',
          body: {},
          token: old.token,
          secrets: [],
          signal,
        }),
      );
      return leaseOf(answer, now);
    } catch (error) {
      if (error instanceof VaultAnswerError && error.status < 429) return undefined;
      throw error;
    }
  }
}

/** A login serves several requests: the signal of one of them must not end it. */
function withinDeadline<T>(timeoutMs: number, send: (signal: AbortSignal) => Promise<T>): Promise<T> {
  return withDeadline(timeoutMs, undefined, send);
}

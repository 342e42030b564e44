import { withDeadline } from '@waxseal/core';

import { leaseOf, type Lease } from './lease';
import type { Login } from './login';
import type { TokenSource } from './token-source';
import { VaultAnswerError } from './vault-answer-error';
import type { VaultClient } from './vault-client';

/** How long a token that could not be renewed is used before that is tried again. */
const NEXT_TRY_MS = 5_000;

/**
 * Tokens from a login. From two thirds of the lease on, the next request renews the token, or logs in where the token
 * cannot be renewed any more; the requests meanwhile use the old token while it lasts. There is one login or renewal at a
 * time, however many requests wait for it, and none while nobody asks.
 */
export class LoginTokenSource implements TokenSource {
  readonly #client: VaultClient;
  readonly #login: Login;
  readonly #timeoutMs: number;
  #lease: Lease | undefined;
  #pending: Promise<Lease> | undefined;
  #retryAt = 0;
  /** The lease that the last login gave: a renewal that gives much less is near the token's end. */
  #fullMs = 0;

  constructor(client: VaultClient, login: Login, timeoutMs: number) {
    this.#client = client;
    this.#login = login;
    this.#timeoutMs = timeoutMs;
  }

  async token(): Promise<string> {
    const now = performance.now();
    const lease = this.#lease;
    if (lease === undefined || now >= lease.endsAt) return (await this.#refresh(undefined)).token;
    if (now >= lease.renewAt && now >= this.#retryAt) {
      this.#refresh(lease).catch(() => {
        this.#retryAt = performance.now() + NEXT_TRY_MS;
      });
    }
    return lease.token;
  }

  reject(token: string): boolean {
    if (this.#lease?.token === token) this.#lease = undefined;
    return true;
  }

  #refresh(old: Lease | undefined): Promise<Lease> {
    this.#pending ??= this.#renewOrLogIn(old)
      .then((lease) => {
        this.#lease = lease;
        return lease;
      })
      .finally(() => {
        this.#pending = undefined;
      });
    return this.#pending;
  }

  async #renewOrLogIn(old: Lease | undefined): Promise<Lease> {
    if (old?.renewable === true) {
      const renewed = await this.#renew(old);
      if (renewed !== undefined && renewed.durationMs > this.#fullMs / 2) return renewed;
    }
    const { path, body, secrets } = await this.#login();
    const now = performance.now();
    const answer = await this.#withinDeadline((signal) => this.#client.send({ path, body, secrets, signal }));
    const lease = leaseOf(answer, now);
    this.#fullMs = lease.durationMs;
    return lease;
  }

  /** @returns `undefined` when the server does not renew the token */
  async #renew(old: Lease): Promise<Lease | undefined> {
    const now = performance.now();
    try {
      const answer = await this.#withinDeadline((signal) =>
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

  // A login serves several requests: the signal of one of them must not end it.
  #withinDeadline<T>(send: (signal: AbortSignal) => Promise<T>): Promise<T> {
    return withDeadline(this.#timeoutMs, undefined, send);
  }
}

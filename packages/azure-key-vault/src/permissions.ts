import { KeyServiceAnswerError } from '@waxseal/core/provider';
import { endOnAbort, withEarlyEnd } from '@waxseal/core/internal';
import type { KeyVaultExchange } from './errors';
import type { AzureTokenCredential } from './options';
import { MissingTokenError } from './sdk-errors';

/** So long before its end a token is replaced, and until then it still serves where there is no other. */
const EARLY_MS = 120_000;
const LAST_MS = 10_000;

type GetToken = AzureTokenCredential['getToken'];
type Token = NonNullable<Awaited<ReturnType<GetToken>>>;

/**
 * The tokens of a credential, for all of the SDK's clients of one key, and whom the last one names.
 *
 * The SDK has a cache of its own, which renews a token in the background before its end; when that fails and
 * nothing is asked meanwhile, its rejection is unhandled and ends the process. So it is told that each token
 * has ended, and asks here each time. A credential that ignores the signal of a request is not waited for:
 * the SDK lets all requests wait for one token.
 */
export class TokenCache {
  /** The caller, unverified; `undefined` before there was a token, and where it does not tell. */
  caller: string | undefined;

  readonly #credential: AzureTokenCredential;
  #kept: { readonly id: string; readonly token: Token } | undefined;
  /** The next token must not come out of a cache of the credential's. */
  #isRefused = false;
  /** Calls that wait for the credential. */
  #waiting = 0;

  constructor(credential: AzureTokenCredential) {
    this.#credential = credential;
  }

  /** As a `TokenCredential`. @throws what the credential throws, or the signal's reason */
  async getToken(...parameters: Parameters<GetToken>): Promise<Token> {
    const [scopes, options] = parameters;
    const id = JSON.stringify([scopes, options?.tenantId]);
    const kept = options?.claims === undefined && this.#kept?.id === id ? this.#kept.token : undefined;
    if (kept !== undefined && kept.expiresOnTimestamp - Date.now() > EARLY_MS) return ended(kept);
    this.#waiting++;
    try {
      const token = await this.#ask(parameters);
      this.#kept = { id, token };
      this.caller = callerOfToken(token.token) ?? this.caller;
      return ended(token);
    } catch (error) {
      if (kept !== undefined && kept.expiresOnTimestamp - Date.now() > LAST_MS) return ended(kept);
      throw error;
    } finally {
      this.#waiting--;
    }
  }

  /**
   * The service refused a token: the credential is asked for another, past its own cache.
   *
   * @param authorization that was refused; where another token was got since, that one is kept
   */
  refuse(authorization: string | undefined): void {
    if (this.#kept !== undefined && authorization !== `Bearer ${this.#kept.token.token}`) return;
    this.#kept = undefined;
    this.#isRefused = true;
  }

  /** Asks the service, and once more with another token where it took the first one for none. */
  async withNewOne<T>(exchange: KeyVaultExchange, ask: () => Promise<T>): Promise<T> {
    try {
      return await ask();
    } catch (error) {
      if (exchange.statusCode !== 401) throw error;
      this.refuse(exchange.authorization);
      delete exchange.statusCode;
      return ask();
    }
  }

  /**
   * Makes an attempt, and ends it shortly before its time where it waits for a token, to say so.
   *
   * @param timeoutMs after which the attempt ends
   * @param attempt gets a signal that is aborted when it is no longer waited for
   * @throws MissingTokenError, or what `attempt` throws
   */
  within<T>(
    timeoutMs: number,
    signal: AbortSignal,
    attempt: (signal: AbortSignal) => Promise<T>,
  ): Promise<T> {
    const missing = (): Error | undefined => (this.#waiting > 0 ? new MissingTokenError() : undefined);
    return withEarlyEnd(timeoutMs, signal, missing, attempt);
  }

  async #ask([scopes, options]: Parameters<GetToken>): Promise<Token> {
    const signal = options?.abortSignal as AbortSignal | undefined;
    const get = async (more: object = {}): Promise<Token> => {
      const asked = this.#credential.getToken(scopes, { ...options, ...more });
      const token = await (signal === undefined ? asked : endOnAbort(asked, signal));
      if (token === null) throw new KeyServiceAnswerError('The credential gave no token.', 'unavailable');
      return token;
    };
    if (!this.#isRefused || options?.claims !== undefined) return get();
    try {
      return await get({ claims: claimsOfNow() });
    } catch (error) {
      signal?.throwIfAborted();
      // Some credentials take no claims, such as those of command lines, and keep no tokens either.
      if ((error as { name?: unknown } | undefined)?.name === 'AuthenticationError') throw error;
      return await get();
    } finally {
      this.#isRefused = false;
    }
  }
}

/**
 * Asks for a token that was issued from now on, as a service does that revoked one: a credential of
 * `@azure/identity` then looks in no cache.
 *
 * @see https://learn.microsoft.com/entra/identity-platform/claims-challenge
 */
function claimsOfNow(): string {
  const value = String(Math.floor(Date.now() / 1000));
  return JSON.stringify({ access_token: { nbf: { essential: true, value } } });
}

function ended({ token }: Token): Token {
  return { token, expiresOnTimestamp: 0 };
}

/** Claims that name the caller, in the order of telling. */
const CLAIMS = ['upn', 'appid', 'azp', 'oid', 'tid'] as const;
const PLAIN = /^[\w.@#-]{1,128}$/;

/**
 * Whom an access token of Microsoft Entra ID names, from its claims: `appid=…, oid=…, tid=…`. The token is
 * for the service, and its signature is not checked here: this is for a person to read, and nothing is
 * decided by it.
 *
 * @returns `undefined` when the token is no JWT, or names nobody
 */
export function callerOfToken(token: string | undefined): string | undefined {
  const [, body] = token?.split('.') ?? [];
  let claims: unknown;
  try {
    claims = JSON.parse(Buffer.from(body ?? '', 'base64url').toString('utf8'));
  } catch {
    return undefined;
  }
  if (typeof claims !== 'object' || claims === null) return undefined;
  const told = CLAIMS.flatMap((name) => {
    const value: unknown = Reflect.get(claims, name);
    return typeof value === 'string' && PLAIN.test(value) ? [`${name}=${value}`] : [];
  });
  return told.length === 0 ? undefined : told.join(', ');
}

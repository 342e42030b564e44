import { createRemoteJWKSet, customFetch, jwksCache, type JWTVerifyGetKey, type JWKSCacheInput } from 'jose';
import type { IssuerDiscovery } from './issuer-discovery';
import {
  FetchGate,
  IssuerUnavailableError,
  MAX_AGE_MS,
  REFRESH_MS,
  RETRY_MS,
  TIMEOUT_MS,
} from './issuer-requests';

/** How soon a key that is not known makes the keys be asked for again. */
const COOLDOWN_MS = 10_000;

type RemoteKeys = ReturnType<typeof createRemoteJWKSet>;

/**
 * The public keys of one issuer: fetched when they are first needed, again every ten minutes, and when a
 * token names a key that is not among them, but never more often than every five seconds. While they cannot
 * be fetched, the last ones serve for a day.
 */
export class IssuerKeys {
  readonly #discovery: IssuerDiscovery;
  readonly #jwksUri: string | undefined;
  readonly #keysGate = new FetchGate(RETRY_MS);
  readonly #cache: JWKSCacheInput = {};
  #remote: Promise<RemoteKeys> | undefined;

  /** @param jwksUri where the keys are; by default the issuer is asked */
  constructor(discovery: IssuerDiscovery, jwksUri: string | undefined) {
    this.#discovery = discovery;
    this.#jwksUri = jwksUri;
  }

  /**
   * The key of a token's header.
   *
   * @throws IssuerUnavailableError when there are no keys; an error of jose when none of them fits
   */
  readonly keyFor: JWTVerifyGetKey = async (header, token) => {
    const remote = await this.#loaded();
    try {
      return await remote(header, token);
    } catch (error) {
      throw isAboutToken(error) ? error : unavailable(error);
    }
  };

  async #loaded(): Promise<RemoteKeys> {
    const remote = await (this.#remote ??= this.#connect());
    const age = Date.now() - ((this.#cache.uat as number | undefined) ?? -Infinity);
    if (age < REFRESH_MS) return remote;
    try {
      await remote.reload();
    } catch (error) {
      if (age >= MAX_AGE_MS) throw unavailable(error);
    }
    return remote;
  }

  async #connect(): Promise<RemoteKeys> {
    try {
      const uri = this.#jwksUri ?? (await this.#discovery.jwksUri());
      return createRemoteJWKSet(new URL(uri), {
        timeoutDuration: TIMEOUT_MS,
        cooldownDuration: COOLDOWN_MS,
        cacheMaxAge: Infinity,
        [jwksCache]: this.#cache,
        [customFetch]: (url, { headers, signal }) =>
          this.#keysGate.get(url, signal, Object.fromEntries(headers)),
      });
    } catch (error) {
      this.#remote = undefined;
      throw unavailable(error);
    }
  }
}

// Decided by code: the error may be of another realm.
function isAboutToken(error: unknown): boolean {
  const code = typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined;
  return (
    code === 'ERR_JWKS_NO_MATCHING_KEY' ||
    code === 'ERR_JWKS_MULTIPLE_MATCHING_KEYS' ||
    code === 'ERR_JOSE_NOT_SUPPORTED'
  );
}

function unavailable(error: unknown): IssuerUnavailableError {
  return error instanceof IssuerUnavailableError
    ? error
    : new IssuerUnavailableError('The keys of an issuer could not be read.', { cause: error });
}

import { withDeadline } from '@waxseal/core/provider';
import { isSecureUrl } from '../fields';
import {
  FetchGate,
  IssuerUnavailableError,
  MAX_AGE_MS,
  REFRESH_MS,
  RETRY_MS,
  TIMEOUT_MS,
} from './issuer-requests';

/** Where an issuer signs people in (RFC 8414 §2). */
export interface SignInEndpoints {
  readonly authorization: string;
  readonly token: string;
  /** Whether it says in each answer that it is from it (RFC 9207). */
  readonly namesIssuer: boolean;
}

/**
 * What an issuer says of itself (OpenID Connect Discovery 1.0 §4): asked for when it is first needed, and
 * after ten minutes again, but never more often than every five seconds. While it cannot be had, what it said
 * last serves for a day.
 */
export class IssuerDiscovery {
  readonly #issuer: string;
  readonly #gate = new FetchGate(RETRY_MS);
  #known: { readonly document: Document; readonly at: number } | undefined;
  #asking: Promise<Document> | undefined;

  constructor(issuer: string) {
    this.#issuer = issuer;
  }

  /** @throws IssuerUnavailableError when it does not say where its keys are */
  async jwksUri(): Promise<string> {
    const { jwks_uri: uri } = await this.#document();
    if (typeof uri === 'string' && isSecureUrl(uri)) return uri;
    throw new IssuerUnavailableError(`${this.#url} names no jwks_uri with HTTPS.`);
  }

  /** @throws IssuerUnavailableError when it does not say where, or has no code flow with PKCE */
  async signInEndpoints(): Promise<SignInEndpoints> {
    const document = await this.#document();
    const { authorization_endpoint: authorization, token_endpoint: token } = document;
    for (const [name, url] of Object.entries({
      authorization_endpoint: authorization,
      token_endpoint: token,
    })) {
      if (typeof url !== 'string' || !isSecureUrl(url)) {
        throw new IssuerUnavailableError(`${this.#url} names no ${name} with HTTPS.`);
      }
    }
    const methods = document['code_challenge_methods_supported'];
    if (Array.isArray(methods) && !methods.includes('S256')) {
      throw new IssuerUnavailableError(
        `${this.#url} offers no PKCE with S256, which a page needs to sign in.`,
      );
    }
    return {
      authorization: authorization as string,
      token: token as string,
      namesIssuer: document['authorization_response_iss_parameter_supported'] === true,
    };
  }

  get #url(): string {
    return `${this.#issuer.replace(/\/$/, '')}/.well-known/openid-configuration`;
  }

  async #document(): Promise<Document> {
    const age = Date.now() - (this.#known?.at ?? -Infinity);
    if (this.#known !== undefined && age < REFRESH_MS) return this.#known.document;
    this.#asking ??= this.#ask().finally(() => {
      this.#asking = undefined;
    });
    try {
      return await this.#asking;
    } catch (error) {
      if (this.#known === undefined || age >= MAX_AGE_MS) throw error;
      return this.#known.document;
    }
  }

  async #ask(): Promise<Document> {
    const document = await discover(this.#issuer, this.#url, this.#gate);
    this.#known = { document, at: Date.now() };
    return document;
  }
}

type Document = Readonly<Record<string, unknown>>;

/**
 * Asks an issuer what it says of itself. Redirects are not followed.
 *
 * @throws IssuerUnavailableError when it does not say, or says it in the name of another issuer (§4.3)
 */
async function discover(issuer: string, url: string, gate: FetchGate): Promise<Document> {
  const response = await withDeadline(TIMEOUT_MS, undefined, (signal) => gate.get(url, signal)).catch(
    (cause: unknown) => {
      if (cause instanceof IssuerUnavailableError) throw cause;
      throw new IssuerUnavailableError(`${url} does not answer.`, { cause });
    },
  );
  if (response.status !== 200) {
    throw new IssuerUnavailableError(
      `${url} answered ${String(response.status)}. Check the issuer; its keys alone can be named by jwksUri.`,
    );
  }
  let document: unknown;
  try {
    document = await response.json();
  } catch (cause) {
    throw new IssuerUnavailableError(
      `${url} did not answer JSON. Check the issuer; its keys alone can be named by jwksUri.`,
      {
        cause,
      },
    );
  }
  const said = (document ?? {}) as Document;
  if (said['issuer'] === issuer) return said;
  throw new IssuerUnavailableError(
    `${url} is of another issuer. Write the issuer exactly as it is named there.`,
  );
}

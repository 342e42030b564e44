import { KeyServiceAnswerError } from '@waxseal/core/provider';
import { endOnAbort } from '@waxseal/core/internal';
import type { AzureTokenCredential } from './options';

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

  constructor(credential: AzureTokenCredential) {
    this.#credential = credential;
  }

  /** As a `TokenCredential`. @throws what the credential throws, or the signal's reason */
  async getToken(...parameters: Parameters<GetToken>): Promise<Token> {
    const [scopes, options] = parameters;
    const id = JSON.stringify([scopes, options?.tenantId]);
    const kept = options?.claims === undefined && this.#kept?.id === id ? this.#kept.token : undefined;
    if (kept !== undefined && kept.expiresOnTimestamp - Date.now() > EARLY_MS) return ended(kept);
    try {
      const token = await this.#ask(parameters);
      this.#kept = { id, token };
      this.caller = callerOfToken(token.token) ?? this.caller;
      return ended(token);
    } catch (error) {
      if (kept !== undefined && kept.expiresOnTimestamp - Date.now() > LAST_MS) return ended(kept);
      throw error;
    }
  }

  /** The service refused the token: the credential is asked for another. */
  forget(): void {
    this.#kept = undefined;
  }

  async #ask(parameters: Parameters<GetToken>): Promise<Token> {
    const signal = parameters[1]?.abortSignal as AbortSignal | undefined;
    const asked = this.#credential.getToken(...parameters);
    const token = await (signal === undefined ? asked : endOnAbort(asked, signal));
    if (token === null) throw new KeyServiceAnswerError('The credential gave no token.', 'unavailable');
    return token;
  }
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

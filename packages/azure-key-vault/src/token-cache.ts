import { endOnAbort } from '@waxseal/core';

import { AzureAnswerError } from './azure-answer-error';
import type { AzureTokenCredential } from './azure-key-vault-key-options';
import { callerOfToken } from './caller-of-token';

/** So long before its end a token is replaced, and until then it still serves where there is no other. */
const EARLY_MS = 120_000;
const LAST_MS = 10_000;

type GetToken = AzureTokenCredential['getToken'];
type Token = NonNullable<Awaited<ReturnType<GetToken>>>;

/**
 * The tokens of a credential, for all of the SDK's clients of one key, and whom the last one names.
 *
 * The SDK has a cache of its own, which renews a token in the background before its end; when that fails and nothing is asked
 * meanwhile, its rejection is unhandled and ends the process. So it is told that each token has ended, and asks here each time.
 * A credential that ignores the signal of a request is not waited for: the SDK lets all requests wait for one token.
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
    if (token === null) throw new AzureAnswerError('The credential gave no token.', 'unavailable');
    return token;
  }
}

function ended({ token }: Token): Token {
  return { token, expiresOnTimestamp: 0 };
}

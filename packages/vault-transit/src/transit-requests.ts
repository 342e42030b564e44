import { isTokenDead } from './is-token-dead';
import type { JsonObject } from './json-object';
import type { TokenSource } from './token-source';
import type { VaultClient } from './vault-client';
import { vaultErrorReason } from './vault-errors';
import type { VaultSettings } from './vault-settings';

/** Of the right form, and too short for any key. */
const NO_CIPHERTEXT = 'vault:v1:AAAA';

/** One request about a key; without `body` a GET. */
export interface TransitRequest {
  readonly path: string;
  readonly body: JsonObject | undefined;
  /** Texts of the body that no error may show. */
  readonly secrets: readonly string[];
  readonly signal: AbortSignal;
}

/** Sends requests about one key with a token, and once more with another where the token turns out to have ended. */
export class TransitRequests {
  readonly #settings: VaultSettings;
  readonly #client: VaultClient;
  readonly #tokens: TokenSource;

  constructor(settings: VaultSettings, client: VaultClient, tokens: TokenSource) {
    this.#settings = settings;
    this.#client = client;
    this.#tokens = tokens;
  }

  /** By how many milliseconds the server's clock was ahead at its last answer. */
  get clockAheadMs(): number | undefined {
    return this.#client.clockAheadMs;
  }

  /**
   * @returns the answer's JSON object
   * @throws VaultAnswerError, VaultProtocolError; what the token's source throws
   */
  async send(request: TransitRequest): Promise<JsonObject> {
    request.signal.throwIfAborted();
    const token = await this.#tokens.token();
    try {
      return await this.#sendWith(token, request);
    } catch (error) {
      if (!isTokenDead(error) || !this.#tokens.reject(token)) throw error;
    }
    return this.#sendWith(await this.#tokens.token(), request);
  }

  async #sendWith(token: string, { path, body, secrets, signal }: TransitRequest): Promise<JsonObject> {
    try {
      return await this.#client.send({
        path,
        ...(body === undefined ? {} : { body }),
        token,
        secrets,
        signal,
      });
    } catch (error) {
      throw await this.#explain(error, path, token, signal);
    }
  }

  /** Who may not create keys is told 403 when it encrypts under one that is not there. Decryption tells the two apart. */
  async #explain(error: unknown, path: string, token: string, signal: AbortSignal): Promise<unknown> {
    const { encryptPath, decryptPath } = this.#settings;
    if (path !== encryptPath || isTokenDead(error) || vaultErrorReason(error) !== 'denied') return error;
    const body = { ciphertext: NO_CIPHERTEXT };
    try {
      await this.#client.send({ path: decryptPath, body, token, secrets: [], signal });
    } catch (answer) {
      if (vaultErrorReason(answer) === 'not-found') return answer;
    }
    return error;
  }
}

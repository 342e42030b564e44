import { VaultConnectionError } from './connection-errors';
import { VaultAnswerError, VaultProtocolError, isTokenDead, explainVaultError } from './errors';
import { jsonObject, type JsonObject } from './checks';
import type { VaultSettings } from './options';
import type { VaultFetch, VaultFetchAnswer } from './transport';

/** One request. */
interface VaultRequest {
  /** Path under `/v1/`, made of checked names. */
  readonly path: string;
  /** Without it, the request is a GET. */
  readonly body?: JsonObject;
  /** Left out for a login. */
  readonly token?: string;
  /** Texts of the body that no error may show. */
  readonly secrets: readonly string[];
  readonly signal: AbortSignal;
}

/** Sends requests to one server, and reads what it answers. It knows no token and tries nothing twice. */
export class VaultClient {
  readonly #address: string;
  readonly #namespace: string | undefined;
  readonly #fetch: VaultFetch;
  #clockAheadMs: number | undefined;

  constructor(address: string, namespace: string | undefined, fetch: VaultFetch) {
    this.#address = address;
    this.#namespace = namespace;
    this.#fetch = fetch;
  }

  /**
   * By how many milliseconds the server's clock was ahead at its last answer. A `Date` header has whole
   * seconds.
   */
  get clockAheadMs(): number | undefined {
    return this.#clockAheadMs;
  }

  /**
   * @returns the answer's JSON object
   * @throws VaultConnectionError when there is no answer
   * @throws VaultAnswerError when the answer is no success, a redirect included
   * @throws VaultProtocolError when a success is not JSON
   */
  async send(request: VaultRequest): Promise<JsonObject> {
    const { path, body, token, secrets } = request;
    const [answer, text] = await this.#exchange(request);
    const date = Date.parse(answer.headers?.get('date') ?? '');
    if (!Number.isNaN(date)) this.#clockAheadMs = date - Math.floor(Date.now() / 1000) * 1000;
    const content = parseJson(text);
    if (answer.status === 200 && content !== undefined) return jsonObject(content);
    if (answer.status >= 200 && answer.status < 300) {
      throw new VaultProtocolError(
        `HTTP ${String(answer.status)} without a JSON object. Check that address and mount lead to a Transit engine.`,
      );
    }
    throw new VaultAnswerError({
      status: answer.status,
      errors: errorsOf(content, text, answer.status),
      path,
      capability: body === undefined ? 'read' : 'update',
      login: token === undefined,
      secrets: [...secrets, ...(token === undefined ? [] : [token])],
    });
  }

  /** The answer, and the text of its body. */
  async #exchange({ path, body, token, signal }: VaultRequest): Promise<[VaultFetchAnswer, string]> {
    const fetch = this.#fetch;
    try {
      const answer = await fetch(`${this.#address}/v1/${path}`, {
        method: body === undefined ? 'GET' : 'POST',
        headers: {
          'content-type': 'application/json',
          // OpenBao's and Vault's agents refuse requests without it, where they are set so.
          'x-vault-request': 'true',
          ...(token === undefined ? {} : { 'x-vault-token': token }),
          ...(this.#namespace === undefined ? {} : { 'x-vault-namespace': this.#namespace }),
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        redirect: 'manual',
        signal,
      });
      return [answer, await readBounded(answer.body)];
    } catch (error) {
      if (signal.aborted || error instanceof VaultProtocolError) throw error;
      throw new VaultConnectionError(this.#address, error);
    }
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** What servers in Go answer, as text, to a request without TLS. */
const HTTP_TO_TLS = 'Client sent an HTTP request to an HTTPS server';

function errorsOf(content: unknown, text: string, status: number): readonly string[] {
  if (text.includes(HTTP_TO_TLS)) return [HTTP_TO_TLS];
  if (status >= 300 && status < 400) {
    return [
      'redirects are not followed with a token; give the address of the active node or of a load balancer',
    ];
  }
  const { errors } = jsonObject(content);
  return Array.isArray(errors) ? errors.filter((error) => typeof error === 'string') : [];
}

/** Transit's answers have a few hundred bytes; a login with many policies a few thousand. */
const MAX_ANSWER_BYTES = 256 * 1024;

/**
 * The text of an answer's body.
 *
 * @throws VaultProtocolError when it is longer than 256 KiB; the rest is not read
 */
async function readBounded(body: AsyncIterable<Uint8Array> | null): Promise<string> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of body ?? []) {
    length += chunk.length;
    if (length > MAX_ANSWER_BYTES) throw new VaultProtocolError('The answer is longer than 256 KiB.');
    chunks.push(chunk);
  }
  const whole = Buffer.concat(chunks);
  const text = whole.toString('utf8');
  // A data key may be in it.
  for (const bytes of [whole, ...chunks]) bytes.fill(0);
  return text;
}

/** Of the right form, and too short for any key. */
const NO_CIPHERTEXT = 'vault:v1:AAAA';

/** One request about a key; without `body` a GET. */
interface TransitRequest {
  readonly path: string;
  readonly body: JsonObject | undefined;
  /** Texts of the body that no error may show. */
  readonly secrets: readonly string[];
  readonly signal: AbortSignal;
  /** Longest wait for a login, which other requests may wait for too. */
  readonly loginTimeoutMs: number;
}

/**
 * Sends requests about one key with a token, and once more with another where the token turns out to have
 * ended.
 */
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
    const token = await this.#tokens.token(request.loginTimeoutMs);
    try {
      return await this.#sendWith(token, request);
    } catch (error) {
      if (!isTokenDead(error) || !this.#tokens.reject(token)) throw error;
    }
    return this.#sendWith(await this.#tokens.token(request.loginTimeoutMs), request);
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

  /**
   * Who may not create keys is told 403 when it encrypts under one that is not there. Decryption tells the
   * two apart.
   */
  async #explain(error: unknown, path: string, token: string, signal: AbortSignal): Promise<unknown> {
    const { encryptPath, decryptPath } = this.#settings;
    if (path !== encryptPath || isTokenDead(error) || explainVaultError(error).reason !== 'denied')
      return error;
    const body = { ciphertext: NO_CIPHERTEXT };
    try {
      await this.#client.send({ path: decryptPath, body, token, secrets: [], signal });
    } catch (answer) {
      if (explainVaultError(answer).reason === 'not-found') return answer;
    }
    return error;
  }
}

/** Where tokens come from. */
export interface TokenSource {
  /**
   * A token that should be valid. The promise may be shared by several requests.
   *
   * @param timeoutMs longest wait for a login or a renewal that this call begins
   */
  token(timeoutMs: number): Promise<string>;
  /**
   * Is told that the server refused a token for what it is.
   *
   * @returns whether asking for a token again may give another one
   */
  reject(token: string): boolean;
}

import { jsonObject, type JsonObject } from './json-object';
import { readBounded } from './read-bounded';
import { VaultAnswerError } from './vault-answer-error';
import type { VaultFetch } from './vault-fetch';
import { VaultProtocolError } from './vault-protocol-error';

/** One request. */
export interface VaultRequest {
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

  /** By how many milliseconds the server's clock was ahead at its last answer. A `Date` header has whole seconds. */
  get clockAheadMs(): number | undefined {
    return this.#clockAheadMs;
  }

  /**
   * @returns the answer's JSON object
   * @throws VaultAnswerError when the answer is no success, a redirect included
   * @throws VaultProtocolError when a success is not JSON
   */
  async send({ path, body, token, secrets, signal }: VaultRequest): Promise<JsonObject> {
    const fetch = this.#fetch;
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
    const date = Date.parse(answer.headers?.get('date') ?? '');
    if (!Number.isNaN(date)) this.#clockAheadMs = date - Math.floor(Date.now() / 1000) * 1000;
    const content = parseJson(await readBounded(answer.body));
    if (answer.status === 200 && content !== undefined) return jsonObject(content);
    if (answer.status >= 200 && answer.status < 300) {
      throw new VaultProtocolError(
        `HTTP ${String(answer.status)} without a JSON object. Check that address and mount lead to a Transit engine.`,
      );
    }
    const errors = errorsOf(content, answer.status);
    throw new VaultAnswerError(answer.status, errors, token === undefined, [
      ...secrets,
      ...(token === undefined ? [] : [token]),
    ]);
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function errorsOf(content: unknown, status: number): readonly string[] {
  if (status >= 300 && status < 400) {
    return [
      'redirects are not followed with a token; give the address of the active node or of a load balancer',
    ];
  }
  const { errors } = jsonObject(content);
  return Array.isArray(errors) ? errors.filter((error) => typeof error === 'string') : [];
}

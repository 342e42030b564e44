import { boundedResponse } from './bounded-response';
import { IssuerUnavailableError } from './issuer-unavailable-error';

/** A key set of some hundred keys with certificates. */
const MAX_BYTES = 1024 * 1024;

/**
 * Lets a request out at most once in a while, so that nobody can make this server flood an issuer, whether the requests
 * succeed or fail.
 */
export class FetchGate {
  readonly #intervalMs: number;
  #opensAt = 0;

  constructor(intervalMs: number) {
    this.#intervalMs = intervalMs;
  }

  /** @throws IssuerUnavailableError when the gate is closed, or nothing came back */
  async fetch(url: string, options: RequestInit): Promise<Response> {
    const now = Date.now();
    if (now < this.#opensAt) throw new IssuerUnavailableError(`${url} was asked a moment ago, in vain.`);
    this.#opensAt = now + this.#intervalMs;
    try {
      return await boundedResponse(await fetch(url, options), MAX_BYTES);
    } catch (cause) {
      if (cause instanceof IssuerUnavailableError) throw cause;
      throw new IssuerUnavailableError(`${url} does not answer.`, { cause });
    }
  }
}

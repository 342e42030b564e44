import { IssuerUnavailableError } from './issuer-unavailable-error';

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
      return await fetch(url, options);
    } catch (cause) {
      throw new IssuerUnavailableError(`${url} does not answer.`, { cause });
    }
  }
}

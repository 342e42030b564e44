import { RequestError } from './request-error';

/** Bounds how many bytes of bodies are in memory at a time, whoever sends them. */
export class BodyBudget {
  #left: number;

  constructor(bytes: number) {
    this.#left = bytes;
  }

  /**
   * @param bytes most that a body can have
   * @returns gives them back; call it once
   * @throws RequestError 503 when there are not as many left
   */
  take(bytes: number): () => void {
    if (bytes > this.#left) {
      throw new RequestError(
        503,
        'OVERLOADED',
        'This Codec Server has too much to do at present. Try again.',
        { retryAfterSeconds: 1 },
      );
    }
    this.#left -= bytes;
    return () => {
      this.#left += bytes;
    };
  }
}

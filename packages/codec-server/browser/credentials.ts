/** Tells how the reader proves who they are: nobody and nothing keeps it beyond this page. */
export class Credentials {
  readonly #typed: HTMLInputElement | undefined;
  readonly #listeners: (() => void)[] = [];

  /** @param typed where a token can be typed in; undefined where nobody is asked for one */
  constructor(typed: HTMLInputElement | undefined) {
    this.#typed = typed;
    typed?.addEventListener('input', () => {
      for (const listener of this.#listeners) listener();
    });
  }

  /** The header that carries the token. @throws where what was typed cannot be one */
  get token(): readonly [name: string, value: string] | undefined {
    const token = this.#typed?.value.trim().replace(/^Bearer\s+/i, '') ?? '';
    if (token === '') return undefined;
    if (!/^[\x21-\x7e]+$/.test(token)) throw new Error('The token holds characters that no token has.');
    return ['Authorization', `Bearer ${token}`];
  }
}

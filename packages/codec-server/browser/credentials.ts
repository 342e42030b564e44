import type { Provider } from './open-id';
import { SignIn } from './sign-in';

/** How the reader proves who they are: by signing in, or by a token that is typed in. */
export class Credentials {
  readonly #typed = document.getElementById('token');
  readonly #signIn: SignIn | undefined;

  /** @param base the page's own address */
  constructor(base: string) {
    const providers = document.getElementById('sign-in')?.dataset['providers'];
    if (providers !== undefined) this.#signIn = new SignIn(JSON.parse(providers) as Provider[], base);
  }

  /**
   * The header that carries the token; of two, the one that is typed in.
   *
   * @throws Error with a message for the reader, where there is none that can be used
   */
  get token(): readonly [name: string, value: string] | undefined {
    const typed = this.#typed instanceof HTMLInputElement ? this.#typed.value : '';
    const token = typed.trim().replace(/^Bearer\s+/i, '');
    if (token === '') return this.#signIn?.token;
    if (!/^[\x21-\x7e]+$/.test(token)) throw new Error('The token holds characters that no token has.');
    return ['Authorization', `Bearer ${token}`];
  }
}

import { checkText } from './check-text';
import type { TokenSource } from './token-source';
import { CREDENTIAL, CREDENTIAL_IS } from './vault-names';

/** A token that somebody else made and renews. */
export class GivenTokenSource implements TokenSource {
  readonly #give: () => string | Promise<string>;
  readonly #isFixed: boolean;

  /** @throws ConfigurationError when a fixed token is no token */
  constructor(token: unknown) {
    this.#isFixed = typeof token !== 'function';
    if (typeof token === 'function') {
      this.#give = token as () => string | Promise<string>;
    } else {
      const fixed = checkText(token, 'auth.token', CREDENTIAL, CREDENTIAL_IS);
      this.#give = () => fixed;
    }
  }

  /** @throws ConfigurationError when the function gives no token; what the function throws */
  async token(): Promise<string> {
    return checkText(await this.#give(), 'the result of auth.token()', CREDENTIAL, CREDENTIAL_IS);
  }

  reject(): boolean {
    return !this.#isFixed;
  }
}

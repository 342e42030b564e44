import { button, byId } from './elements';
import { begin, type Begun, codeOf, isAnswer, type Provider, type SignedIn, tokensFor } from './open-id';

/** Where a sign-in that was begun is kept until its answer comes: no other tab has it. */
const KEPT = 'waxseal-sign-in';
/** The longest time that a timer takes. */
const LONGEST_MS = 2 ** 31 - 1;

/** Signs the reader in at an issuer, and out again. The token is in memory only. */
export class SignIn {
  readonly #providers: readonly Provider[];
  readonly #redirectUri: string;
  readonly #who = byId('who', HTMLElement);
  #signedIn: SignedIn | undefined;
  #timer: number | undefined;

  /** @param base the page's own address, to which issuers send the reader back */
  constructor(providers: readonly Provider[], base: string) {
    this.#providers = providers;
    this.#redirectUri = base;
    this.#show('You are not signed in.');
    void this.#finish();
  }

  /** @throws Error with a message for the reader, where the sign-in is over */
  get token(): SignedIn['header'] | undefined {
    const { header, expiresAt = Infinity } = this.#signedIn ?? {};
    if (header !== undefined && Date.now() >= expiresAt)
      throw new Error('Your sign-in has expired. Sign in again.');
    return header;
  }

  async #begin(provider: Provider): Promise<void> {
    try {
      const { begun, address } = await begin(provider, this.#redirectUri);
      sessionStorage.setItem(KEPT, JSON.stringify(begun));
      location.assign(address);
    } catch (error) {
      this.#show((error as Error).message, 'bad');
    }
  }

  async #finish(): Promise<void> {
    const query = new URLSearchParams(location.search);
    if (!isAnswer(query)) return;
    const begun = takeBegun();
    // Neither the browser's history nor what is copied from its address bar shall have the code.
    history.replaceState(null, '', location.pathname);
    this.#show('Signing in…');
    try {
      const provider = this.#providers.find(({ issuer }) => issuer === begun?.issuer);
      const code = codeOf(query, begun, provider);
      if (begun === undefined || provider === undefined) return;
      this.#signedIn = await tokensFor(code, begun, provider, this.#redirectUri);
      this.#greet(this.#signedIn);
    } catch (error) {
      this.#show((error as Error).message, 'bad');
    }
  }

  #greet({ name, expiresAt }: SignedIn): void {
    const until = expiresAt === undefined ? '' : ` until ${timeOf(expiresAt)}`;
    this.#show(`You are signed in as ${name}${until}.`, 'good');
    if (expiresAt === undefined) return;
    this.#timer = window.setTimeout(
      () => {
        this.#signedIn = undefined;
        this.#show(`Your sign-in has expired at ${timeOf(expiresAt)}. Sign in again.`, 'bad');
      },
      Math.min(expiresAt - Date.now(), LONGEST_MS),
    );
  }

  #signOut(): void {
    clearTimeout(this.#timer);
    const issuer = this.#signedIn === undefined ? '' : ' You may still be signed in at the issuer.';
    this.#signedIn = undefined;
    this.#show(`You are signed out of this page.${issuer}`);
    byId('sign-in-actions', HTMLElement).querySelector('button')?.focus();
  }

  #show(text: string, kind = ''): void {
    this.#who.textContent = text;
    this.#who.className = `state ${kind}`;
    byId('sign-in-actions', HTMLElement).replaceChildren(...this.#actions());
  }

  #actions(): readonly HTMLElement[] {
    if (this.#signedIn !== undefined) {
      return [
        button('Sign out', () => {
          this.#signOut();
        }),
      ];
    }
    return this.#providers.map((provider) => {
      const element = button(
        `Sign in with ${new URL(provider.issuer).host}`,
        () => void this.#begin(provider),
      );
      element.className = 'main';
      return element;
    });
  }
}

function takeBegun(): Begun | undefined {
  const kept = sessionStorage.getItem(KEPT);
  sessionStorage.removeItem(KEPT);
  return kept === null ? undefined : (JSON.parse(kept) as Begun);
}

function timeOf(ms: number): string {
  return new Date(ms).toLocaleTimeString([], { hour: '2-digit', minute: '2-digit' });
}

import { AskError } from './ask';
import { byId, link, make } from './elements';

/** By code: what helps here, where the server's words are for the Web UI and the CLI. */
const OWN_WORDS: Readonly<Record<string, string>> = {
  TOKEN_MISSING: 'This server asks who you are. Say it under “Who you are”.',
  TOKEN_EXPIRED: 'The token has expired. Sign in again, or give another one, under “Who you are”.',
};

/** Tells the reader what the inspector does, and what came of it. */
export class Status {
  readonly #end = byId('status', HTMLElement);
  readonly #progress = byId('progress', HTMLElement);

  /** Says what has come to its end; screen readers read it out. */
  say(text: string): void {
    this.#end.replaceChildren(...(text === '' ? [] : [make('p', { text })]));
  }

  /** Says how far it is: to be seen, and not to be read out each time. */
  tell(text: string): void {
    this.#progress.textContent = text;
  }

  /** Says why it does not go on. */
  fail(error: unknown): void {
    const { message } = error as Error;
    const help = error instanceof AskError ? error.help : undefined;
    const text = error instanceof AskError ? `${error.code}: ${OWN_WORDS[error.code] ?? message}` : message;
    const children = help === undefined ? [] : [link('What to do', help)];
    this.#end.replaceChildren(make('p', { text: `${text} `, className: 'error', children }));
  }
}

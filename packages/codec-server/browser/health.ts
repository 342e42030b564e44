import { button, byId, make } from './elements';

/** What `/readyz` says, and how it is shown. */
interface Answer {
  readonly text: string;
  readonly kind: 'good' | 'bad' | '';
}

/** Shows whether the server is ready, and answers questions about single keys. */
export function showHealth(base: string): void {
  const state = byId('state', HTMLElement);
  const again = button('Ask again', () => void ask());
  const ask = async (): Promise<void> => {
    again.disabled = true;
    const { text, kind } = await readiness(base);
    state.textContent = text;
    state.className = `state ${kind}`;
    again.disabled = false;
  };
  byId('state-again', HTMLElement).replaceChildren(again);
  void ask();

  const answers = byId('key-answer', HTMLElement);
  byId('key-form', HTMLFormElement).addEventListener('submit', (event) => {
    event.preventDefault();
    const keyId = byId('key', HTMLInputElement).value.trim();
    if (keyId === '') return;
    answers.replaceChildren(make('p', { text: 'Asking…' }));
    void keyHealth(base, keyId).then(({ text, kind }) => {
      answers.replaceChildren(make('p', { text, className: `state ${kind}` }));
    });
  });
}

async function readiness(base: string): Promise<Answer> {
  const answered = await get(`${base}readyz`);
  if (answered === undefined) return { text: 'It does not answer.', kind: 'bad' };
  const [isOk, said] = answered;
  if (isOk) return { text: 'It is ready: keys can be used.', kind: 'good' };
  return { text: said === 'draining' ? 'It is about to stop.' : `It is not ready: ${said}.`, kind: 'bad' };
}

/** Whether a key can be used here and, where it cannot, why and what to do: as far as `/readyz?key=` says. */
export async function keyHealth(base: string, keyId: string): Promise<Answer> {
  // No request line is longer, and no ID of a key.
  if (keyId.length > MOST_CHARACTERS) return { text: 'No key has an ID that long.', kind: 'bad' };
  const answered = await get(`${base}readyz?key=${encodeURIComponent(keyId.toWellFormed())}`);
  if (answered === undefined) return { text: 'The Codec Server does not answer.', kind: 'bad' };
  const [isOk, said] = answered;
  return {
    text: KEY_ANSWERS[said] ?? `The answer was: ${said}.`,
    kind: isOk ? 'good' : /single keys/.test(said) ? '' : 'bad',
  };
}

const MOST_CHARACTERS = 1_000;

/** By what the server says. */
const KEY_ANSWERS: Readonly<Record<string, string>> = {
  'this key is configured here and can be used': 'It is configured here and can be used.',
  'no key of that ID is configured here':
    'It is not configured here: payloads under it are not decoded. If they are yours, add it as a key that only decrypts (--decrypt-key).',
  'the key is configured here, and its service does not answer':
    'It is configured here, and its key service does not answer. Payloads whose data key is in memory still open. Check the way to the service, and its status.',
  'the key is configured here, and its service refuses':
    'It is configured here, and its key service refuses: a right is missing, or the key is disabled or gone. “waxseal doctor” says which.',
  'this server does not tell of single keys': 'This server does not tell of single keys.',
  draining: 'The server is about to stop.',
};

async function get(url: string): Promise<readonly [isOk: boolean, said: string] | undefined> {
  try {
    const response = await fetch(url);
    return [response.ok, (await response.text()).trim().slice(0, 200)];
  } catch {
    return undefined;
  }
}

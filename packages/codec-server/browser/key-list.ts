import { byId, make } from './elements';
import { keyHealth } from './health';
import { countKeys, NO_KEY, type Row } from './rows';
import { count } from './table';

/** Keys whose state is asked for of one history. */
const MOST_KEYS = 20;

/** Offers the keys of rows as a filter, and says of each whether the server can use it. */
export function showKeys(base: string, rows: readonly Row[]): void {
  const keys = countKeys(rows);
  const select = byId('filter-key', HTMLSelectElement);
  const { value } = select;
  const options = keys.map(([keyId, number]) => {
    const name = keyId === NO_KEY ? 'No key' : keyId;
    return make('option', { text: `${name} (${count(number)})`, attributes: { value: keyId } });
  });
  const all = make('option', { text: `All (${count(rows.length)})`, attributes: { value: '' } });
  select.replaceChildren(all, ...options);
  select.value = keys.some(([keyId]) => keyId === value) ? value : '';
  void showHealth(
    base,
    keys.map(([keyId]) => keyId).filter((keyId) => keyId !== NO_KEY),
  );
}

async function showHealth(base: string, keyIds: readonly string[]): Promise<void> {
  const list = byId('keys', HTMLElement);
  const known = [...list.querySelectorAll('dt')].map(({ textContent }) => textContent);
  const asked = keyIds.slice(0, MOST_KEYS);
  if (known.join('\n') === asked.join('\n')) return;
  const rows = asked.map((keyId) => ({
    keyId,
    term: make('dt', { text: keyId }),
    said: make('dd', { text: 'Asking…' }),
  }));
  const more = keyIds.length - asked.length;
  const others = make('dd', { text: `${count(more)} more keys are not asked about.` });
  list.replaceChildren(
    ...rows.flatMap(({ term, said }) => [term, said]),
    ...(more > 0 ? [make('dt', { text: '…' }), others] : []),
  );
  for (const { keyId, said } of rows) {
    const { text, kind } = await keyHealth(base, keyId);
    said.textContent = text;
    said.className = kind;
  }
}

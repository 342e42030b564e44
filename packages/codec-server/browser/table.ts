import { copy } from './copy';
import { button, byId, link, make } from './elements';
import { boundTo, keyIdsOf, type Row, stateOf } from './rows';

/** Rows that stand in the page at a time. A browser is slow with more, and so is whoever hears them read. */
const ROWS_AT_ONCE = 100;
/** Longest content that stands in the page; what is copied is whole. */
const MOST_CHARACTERS = 100_000;

/** The table of payloads: one page of the rows at a time, and what they hold below each. */
export class PayloadTable {
  readonly #onShow: (row: Row) => void;
  readonly #onHide: (row: Row) => void;
  readonly #body = byId('rows', HTMLElement);
  readonly #place = byId('table-place', HTMLElement);
  readonly #previous = byId('previous', HTMLButtonElement);
  readonly #next = byId('next', HTMLButtonElement);
  readonly #shown = new Map<Row, () => void>();
  #rows: readonly Row[] = [];
  #first = 0;

  /**
   * @param onShow asks for the content of a row
   * @param onHide forgets it
   */
  constructor(onShow: (row: Row) => void, onHide: (row: Row) => void) {
    this.#onShow = onShow;
    this.#onHide = onHide;
    this.#previous.addEventListener('click', () => {
      this.#turn(-ROWS_AT_ONCE);
    });
    this.#next.addEventListener('click', () => {
      this.#turn(ROWS_AT_ONCE);
    });
  }

  /** Lists these rows, from the first one. */
  list(rows: readonly Row[]): void {
    this.#rows = rows;
    this.#first = 0;
    this.#render();
  }

  /** Shows anew what is known of a row, where it stands in the page. */
  update(row: Row): void {
    this.#shown.get(row)?.();
  }

  #turn(by: number): void {
    this.#first = Math.max(0, this.#first + by);
    this.#render();
    byId('table', HTMLElement).scrollIntoView({ block: 'start' });
  }

  #render(): void {
    const page = this.#rows.slice(this.#first, this.#first + ROWS_AT_ONCE);
    const last = this.#first + page.length;
    this.#shown.clear();
    this.#body.replaceChildren(...page.flatMap((row) => this.#elementsOf(row)));
    this.#place.textContent =
      page.length === 0
        ? 'No payload fits.'
        : `${count(this.#first + 1)} to ${count(last)} of ${count(this.#rows.length)}`;
    const isFocused = [this.#previous, this.#next].find((each) => each === document.activeElement);
    this.#previous.disabled = this.#first === 0;
    this.#next.disabled = last >= this.#rows.length;
    byId('pages', HTMLElement).hidden = this.#rows.length <= ROWS_AT_ONCE;
    // A button that is disabled loses the keyboard.
    if (isFocused?.disabled === true) (isFocused === this.#next ? this.#previous : this.#next).focus();
  }

  #elementsOf(row: Row): readonly HTMLElement[] {
    const { eventId, eventType, field, bytes } = row.found;
    const event = eventType === undefined ? '–' : `${eventId ?? '?'} ${eventType}`;
    const content = `content-${String(row.index)}`;
    const name = `${field === '' ? 'the payload' : field}${eventId === undefined ? '' : `, event ${eventId}`}`;
    const toggle = button('', () => {
      if (row.text === undefined) this.#onShow(row);
      else this.#onHide(row);
    });
    const cells = {
      key: cell('Key'),
      bound: cell('Bound to'),
      state: cell('State'),
      content: cell('Content', toggle),
    };
    const own = make('tr', {
      attributes: { role: 'row' },
      children: [
        cell('Event', make('span', { text: event, className: 'event' })),
        cell('Field', make('code', { text: field === '' ? '(the whole)' : field })),
        cells.key,
        cell('Size', make('span', { text: `${count(bytes)} B` })),
        cells.bound,
        cells.state,
        cells.content,
      ],
    });
    const below = make('tr', { className: 'content', attributes: { role: 'row' } });
    const show = (): void => {
      const isOpen = row.text !== undefined;
      cells.key.replaceChildren(...lines(keyIdsOf(row), row.description === undefined ? '–' : 'none'));
      cells.bound.replaceChildren(
        ...lines(boundTo(row), row.description?.envelope === undefined ? '–' : 'nothing'),
      );
      cells.state.replaceChildren(...stateElements(row));
      toggle.textContent = isOpen ? 'Hide' : 'Show';
      toggle.setAttribute('aria-label', `${isOpen ? 'Hide' : 'Show'} ${name}`);
      toggle.setAttribute('aria-expanded', String(isOpen));
      if (isOpen) toggle.setAttribute('aria-controls', content);
      else toggle.removeAttribute('aria-controls');
      below.hidden = !isOpen;
      below.replaceChildren(...(row.text === undefined ? [] : [contentCell(content, name, row.text)]));
    };
    show();
    this.#shown.set(row, show);
    return [own, below];
  }
}

function cell(label: string, ...children: readonly Node[]): HTMLTableCellElement {
  return make('td', { attributes: { role: 'cell', 'data-label': label }, children });
}

function lines(texts: readonly string[], otherwise: string): readonly HTMLElement[] {
  return (texts.length === 0 ? [otherwise] : texts).map((text) => make('div', { text }));
}

function stateElements(row: Row): readonly Node[] {
  const isBad = row.failure !== undefined || row.description?.defect !== undefined;
  const state = make('div', { text: stateOf(row), className: isBad ? 'wrong' : '' });
  if (row.failure === undefined) return [state];
  const { message, help } = row.failure;
  return [
    state,
    make('div', { text: message, className: 'note' }),
    ...(help === undefined ? [] : [make('div', { children: [link('What to do', help)] })]),
  ];
}

function contentCell(id: string, name: string, text: string): HTMLTableCellElement {
  const copying = button('Copy', () => void copy(text, copying), { 'aria-label': `Copy ${name}` });
  const isCut = text.length > MOST_CHARACTERS;
  const note = `The first ${count(MOST_CHARACTERS)} of ${count(text.length)} characters. Copy takes all.`;
  return make('td', {
    attributes: { role: 'cell', colspan: '7', id },
    children: [
      make('pre', {
        text: isCut ? `${text.slice(0, MOST_CHARACTERS)}…` : text,
        attributes: { tabindex: '0', role: 'region', 'aria-label': `Content of ${name}` },
      }),
      ...(isCut ? [make('p', { text: note, className: 'note' })] : []),
      copying,
    ],
  });
}

/** A number with a mark at the thousands. */
export function count(number: number): string {
  return number.toLocaleString('en');
}

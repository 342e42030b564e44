import { type Asker, post } from './ask';
import { askInBatches, MOST_FAILURES, waitFor } from './batches';
import type { Credentials } from './credentials';
import { byId } from './elements';
import { type Found, payloadsIn, type SentPayload } from './history';
import { showKeys } from './key-list';
import { plainTextOf } from './plain-text';
import { chosen, countKeys, type Description, NO_KEY, type Order, type Row, rowsOf } from './rows';
import { parsed, takeTexts } from './texts';
import { Status } from './status';
import { count, PayloadTable } from './table';

/** What the server gives for each payload. */
interface Answers {
  readonly inspect: Description;
  readonly decode: SentPayload;
}

/** What becomes of answers. */
interface Asking<Answer> {
  /** What the reader sees that it does. */
  readonly doing: string;
  readonly onAnswer: (row: Row, answer: Answer) => void;
}

/** What was typed may be looked for in many megabytes: not after each letter. */
const TYPING_MS = 150;
const NO_PAYLOAD =
  'There is no payload in it. A payload has metadata with an encoding; the temporal command writes such with --output json --no-json-shorthand-payloads.';

/** The inspector: finds payloads in what the reader gives, and lists them. */
export class Inspector {
  readonly #base: string;
  readonly #reader: Credentials;
  readonly #status = new Status();
  readonly #results = byId('results', HTMLElement);
  readonly #showAll = byId('show-all', HTMLButtonElement);
  readonly #hideAll = byId('hide-all', HTMLButtonElement);
  readonly #stop = byId('stop', HTMLButtonElement);
  readonly #table: PayloadTable;
  #rows: readonly Row[] = [];
  #listed: readonly Row[] = [];
  #workflowId: string | undefined;
  /** Ends all that is being asked for. */
  #work = new AbortController();
  #asking = 0;

  constructor(base: string, reader: Credentials) {
    this.#base = base;
    this.#reader = reader;
    this.#table = new PayloadTable(
      (row) => void this.#decode([row]),
      (row) => {
        this.#hide([row]);
      },
    );
    let timer: number | undefined;
    for (const id of ['filter-key', 'filter-text', 'order']) {
      byId(id, HTMLElement).addEventListener('input', () => {
        clearTimeout(timer);
        timer = window.setTimeout(() => {
          this.#list();
        }, TYPING_MS);
      });
    }
    this.#showAll.addEventListener('click', () => {
      this.#showAll.disabled = true;
      void this.#decode(this.#listed.filter(({ text }) => text === undefined)).finally(() => {
        this.#showAll.disabled = this.#listed.length === 0;
      });
    });
    this.#hideAll.addEventListener('click', () => {
      this.#hide(this.#rows);
      this.#status.say('');
    });
    this.#stop.addEventListener('click', () => {
      this.#work.abort();
      this.#work = new AbortController();
      this.#status.say('It was stopped.');
    });
    takeTexts(
      (text) => {
        this.#inspect(text);
      },
      (error) => {
        this.#status.fail(error);
      },
    );
  }

  #inspect(text: string): void {
    this.#work.abort();
    this.#work = new AbortController();
    this.#results.hidden = true;
    this.#rows = [];
    this.#status.say('');
    let found: Found;
    try {
      found = payloadsIn(parsed(text));
      if (found.payloads.length === 0) throw new Error(NO_PAYLOAD);
    } catch (error) {
      this.#status.fail(error);
      return;
    }
    this.#rows = rowsOf(found.payloads);
    this.#workflowId = found.workflowId;
    this.#results.hidden = false;
    byId('filter-text', HTMLInputElement).value = '';
    showKeys(this.#base, this.#rows);
    byId('more', HTMLElement).hidden = !found.hasMore;
    this.#list();
    void this.#describe();
  }

  /** Asks what payloads say of themselves, which needs no key. */
  async #describe(): Promise<void> {
    const isDone = await this.#ask('inspect', this.#rows, {
      doing: 'Reading',
      onAnswer: (row, description) => {
        row.description = description;
      },
    });
    showKeys(this.#base, this.#rows);
    // Who reads on is not taken elsewhere.
    if (byId('order', HTMLSelectElement).value === 'key') this.#list();
    if (isDone) this.#status.say(`${this.#summary()} Nothing was decoded.`);
  }

  async #decode(rows: readonly Row[]): Promise<void> {
    let shown = 0;
    if (rows.length === 0) return;
    const isDone = await this.#ask('decode', rows, {
      doing: 'Decoding',
      onAnswer: (row, payload) => {
        row.text = plainTextOf(payload);
        row.failure = undefined;
        shown++;
      },
    });
    if (isDone && rows.length > 1)
      this.#status.say(`${count(shown)} of ${count(rows.length)} payloads are shown.`);
    else if (isDone)
      this.#status.say(shown === 1 ? 'The payload is shown.' : 'The payload could not be decoded.');
  }

  /** @returns whether it came to its end, and nothing is left to be said */
  async #ask<Operation extends keyof Answers>(
    operation: Operation,
    rows: readonly Row[],
    { doing, onAnswer }: Asking<Answers[Operation]>,
  ): Promise<boolean> {
    const { signal } = this.#work;
    const isBulk = rows.length > 1;
    let done = 0;
    const onDone = (row: Row): void => {
      this.#table.update(row);
      done++;
      if (isBulk) this.#status.tell(`${doing}: ${count(done)} of ${count(rows.length)} payloads.`);
    };
    this.#asking++;
    this.#stop.hidden = false;
    try {
      const asker: Asker = {
        namespace: namespaceOf(),
        token: this.#reader.token,
        workflowId: this.#workflowId,
      };
      const left = await askInBatches<Row, Answers[Operation]>({
        items: rows,
        charactersOf: ({ found }) => found.sent.data.length,
        ask: (some) =>
          post(
            this.#base,
            operation,
            some.map(({ found }) => found.sent),
            asker,
            signal,
          ),
        onAnswer: (row, answer) => {
          onAnswer(row, answer);
          onDone(row);
        },
        onFailure: (row, error) => {
          row.failure = error;
          onDone(row);
        },
        wait: (ms) => {
          this.#status.tell(`${doing}: the server asks to wait a moment.`);
          return waitFor(ms, signal);
        },
      });
      if (left === 0) return true;
      this.#status.say(
        `It was stopped after ${count(MOST_FAILURES)} payloads that failed; ${count(left)} were not asked for. Look at one of them, then press “Show all” to go on.`,
      );
      return false;
    } catch (error) {
      if (!signal.aborted) this.#status.fail(error);
      return false;
    } finally {
      this.#asking--;
      this.#stop.hidden = this.#asking === 0;
      this.#status.tell('');
    }
  }

  #hide(rows: readonly Row[]): void {
    for (const row of rows) {
      if (row.text === undefined) continue;
      row.text = undefined;
      this.#table.update(row);
    }
  }

  #list(): void {
    const filter = {
      key: byId('filter-key', HTMLSelectElement).value,
      text: byId('filter-text', HTMLInputElement).value,
    };
    this.#listed = chosen(this.#rows, filter, byId('order', HTMLSelectElement).value as Order);
    const number = this.#listed.length;
    this.#showAll.textContent =
      number === this.#rows.length
        ? 'Show all'
        : number === 1
          ? 'Show this one'
          : `Show these ${count(number)}`;
    this.#table.list(this.#listed);
  }

  #summary(): string {
    const keys = countKeys(this.#rows).filter(([keyId]) => keyId !== NO_KEY).length;
    const payloads = this.#rows.length === 1 ? '1 payload' : `${count(this.#rows.length)} payloads`;
    return `${payloads}, ${keys === 1 ? '1 key' : `${count(keys)} keys`}.`;
  }
}

function namespaceOf(): string {
  const input = byId('namespace', HTMLInputElement);
  const namespace = input.value.trim();
  if (namespace !== '' || !input.required) return namespace;
  input.focus();
  throw new Error('Name the namespace of the payloads.');
}

import type { JsonVisitor } from './json-scanner';

/** Where a value stands in a file, in bytes from its beginning; a text with its quotation marks. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

/** Where a payload stands in a file. */
export interface PayloadSpans {
  /** Its metadata, by name. */
  readonly metadata: ReadonlyMap<string, Span>;
  readonly data: Span | undefined;
  /** The way to it, such as `events[0].markerRecordedEventAttributes.details`; behind the number of the
   * document where there are several, `[2].events[0]`. */
  readonly field: () => string;
  /** Why its parts cannot be told; `undefined` where they can. */
  readonly doubt: string | undefined;
}

/** More names in metadata are not kept: an envelope has two. */
const MOST_METADATA = 100;
const NAME = /^[A-Za-z_]\w*$/;

/** What is open: an object or an array, and where the scanner is in it. */
interface Frame {
  readonly isObject: boolean;
  readonly parent: Frame | undefined;
  /** Name of the field whose value comes, in an object. */
  name: string | undefined;
  /** How many values have begun, in an array. */
  index: number;
  metadata: Map<string, Span> | undefined;
  /** Whether it is the metadata of the object around it. */
  readonly isMetadata: boolean;
  data: Span | undefined;
  doubt: string | undefined;
}

/**
 * Finds what has the form of a payload in JSON, at any depth, in the order of their ends: an object with
 * `metadata` that has an `encoding`.
 */
export class PayloadFinder implements JsonVisitor {
  readonly #found: (payload: PayloadSpans) => void;
  readonly #top: Frame = frame(false, undefined, false);
  #current: Frame = this.#top;

  constructor(found: (payload: PayloadSpans) => void) {
    this.#found = found;
  }

  open(isObject: boolean): void {
    const parent = this.#current;
    this.#begin();
    const isMetadata = isObject && parent.isObject && parent.name === 'metadata';
    if (isMetadata) {
      if (parent.metadata !== undefined) parent.doubt = 'its metadata stand in it twice';
      parent.metadata = new Map();
    }
    this.#current = frame(isObject, parent, isMetadata);
  }

  close(): void {
    const ended = this.#current;
    const parent = ended.parent ?? this.#top;
    this.#current = parent;
    const { metadata, data } = ended;
    const isPayload = metadata?.has('encoding') === true;
    if (isPayload) this.#found({ metadata, data, field: fieldOf(parent), doubt: ended.doubt });
    if (isPayload || ended.doubt === HOLDS_ANOTHER) parent.doubt = HOLDS_ANOTHER;
  }

  name(name: string | undefined): void {
    this.#current.name = name;
  }

  scalar(start: number, end: number, isText: boolean): void {
    const { isMetadata, isObject, parent, name } = this.#current;
    this.#begin();
    if (!isText || !isObject) return;
    if (isMetadata && parent?.metadata !== undefined) {
      const { metadata } = parent;
      if (name === undefined || metadata.size >= MOST_METADATA) parent.doubt = 'its metadata are too large';
      else if (metadata.has(name)) parent.doubt = `its metadata have ${JSON.stringify(name)} twice`;
      else metadata.set(name, { start, end });
    }
    // What is the metadata of a payload may have the form of one.
    if (name === 'data') {
      if (this.#current.data !== undefined) this.#current.doubt = 'its data stand in it twice';
      this.#current.data = { start, end };
    }
  }

  #begin(): void {
    if (!this.#current.isObject) this.#current.index += 1;
  }
}

const HOLDS_ANOTHER = 'it holds another payload';

function frame(isObject: boolean, parent: Frame | undefined, isMetadata: boolean): Frame {
  return {
    isObject,
    parent,
    name: undefined,
    index: -1,
    metadata: undefined,
    isMetadata,
    data: undefined,
    doubt: undefined,
  };
}

/** The way to the value that is at hand in a frame, as it is now. */
function fieldOf(place: Frame): () => string {
  const steps: (string | number)[] = [];
  for (let each: Frame | undefined = place; each !== undefined; each = each.parent) {
    steps.push(each.isObject ? (each.name ?? '…') : each.index);
  }
  return () => {
    const [document, ...way] = steps.toReversed();
    const path = way.map(stepText).join('').replace(/^\./, '');
    return document === 0
      ? path
      : `[${String(document)}]${path === '' || path.startsWith('[') ? path : `.${path}`}`;
  };
}

function stepText(step: string | number): string {
  if (typeof step === 'number') return `[${String(step)}]`;
  return NAME.test(step) ? `.${step}` : `[${JSON.stringify(step)}]`;
}

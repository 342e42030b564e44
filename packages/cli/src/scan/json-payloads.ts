import { isNoteOfSdk } from './walk';

/** A payload in JSON. */
export interface JsonPayload {
  readonly metadata: ReadonlyMap<string, Buffer>;
  readonly data: Buffer;
  /** The way to it, such as `events[0].markerRecordedEventAttributes.details`; empty at the top. */
  readonly field: () => string;
  /** Whether no codec sees it, as in headers and in what SDKs note in markers. */
  readonly isBesideCodecs: boolean;
  /** Puts a value in its place, in the object that it was found in. */
  readonly replace: (value: unknown) => void;
}

/**
 * Finds the payloads in JSON, at any depth, in the order of the text. Search attributes are passed over: no
 * codec sees them.
 *
 * @param holder an object with the document in `root`, so that it can be replaced as a whole
 */
export function* payloadsInJson(holder: { root: unknown }): Generator<JsonPayload> {
  const top: Place = { holder, key: 'root', parent: undefined, isBesideCodecs: false };
  const open: Place[] = [top];
  for (let place = open.pop(); place !== undefined; place = open.pop()) {
    const value = place.holder[place.key];
    if (!isObject(value)) continue;
    const payload = payloadAt(place, value);
    if (payload !== undefined) yield payload;
    // Taken from the end of the list: pushed in reverse, payloads come in the order of the text.
    else for (const key of Object.keys(value).reverse()) push(open, place, value, key);
  }
}

type Json = Record<string, unknown>;

/** Where a value stands. */
interface Place {
  readonly holder: Json;
  readonly key: string;
  readonly parent: Place | undefined;
  readonly isBesideCodecs: boolean;
}

const SEARCH_ATTRIBUTES: ReadonlySet<string> = new Set(['searchAttributes', 'search_attributes']);

function push(open: Place[], parent: Place, holder: Json, key: string): void {
  if (SEARCH_ATTRIBUTES.has(key)) return;
  const isBesideCodecs = parent.isBesideCodecs || key === 'header' || isOfSdk(parent, key);
  open.push({ holder, key, parent, isBesideCodecs });
}

/** Details of a marker that SDKs write themselves. */
function isOfSdk({ holder, key }: Place, name: string): boolean {
  return key === 'details' && isNoteOfSdk(holder['markerName'] ?? holder['marker_name'], name);
}

function payloadAt(place: Place, { metadata, data }: Json): JsonPayload | undefined {
  if (!isObject(metadata) || typeof metadata['encoding'] !== 'string') return undefined;
  const entries = Object.entries(metadata).filter(
    (entry): entry is [string, string] => typeof entry[1] === 'string',
  );
  return {
    metadata: new Map(entries.map(([key, value]) => [key, Buffer.from(value, 'base64')])),
    data: Buffer.from(typeof data === 'string' ? data : '', 'base64'),
    field: () => pathOf(place),
    isBesideCodecs: place.isBesideCodecs,
    replace: (value) => {
      place.holder[place.key] = value;
    },
  };
}

const NAME = /^[A-Za-z_]\w*$/;

function pathOf(place: Place): string {
  let path = '';
  for (let each = place; each.parent !== undefined; each = each.parent) {
    const { holder, key } = each;
    const step = Array.isArray(holder) ? `[${key}]` : NAME.test(key) ? `.${key}` : `[${JSON.stringify(key)}]`;
    path = `${step}${path}`;
  }
  return path.replace(/^\./, '');
}

function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null;
}

import { ConfigurationError } from '@waxseal/core';
import { payloadsInJson } from '../scan/json-payloads';
import { historyOfJson } from '../scan/history-json';
import type { TypedMessage } from '../scan/messages';
import { walk } from '../scan/walk';
import { documentsIn } from './documents';
import type { Inspectable } from './inspected';

/** What is told of what is found. */
export interface Sink {
  /** @param source the document, where there are several */
  readonly payload: (found: Inspectable, source: string | undefined) => void;
  readonly failureInClear: () => void;
  /** Is called where a part cannot be looked at. */
  readonly notLooked: (why: string) => void;
}

/**
 * Finds payloads in documents: in histories as Temporal's API declares them, in other JSON by their form.
 *
 * @param files files and folders; `-` is standard input
 * @throws ConfigurationError when one cannot be read
 */
export async function inspectFiles(files: readonly string[], sink: Sink): Promise<void> {
  for await (const { name, content, isLine } of documentsIn(files)) {
    const source = files.length === 1 && !isLine && name === files[0] ? undefined : name;
    if ('base64' in content) {
      const place = { kind: undefined, event: undefined, field: '', isBesideCodecs: false };
      sink.payload({ metadata: undefined, data: content.base64, ...place }, source);
      continue;
    }
    const { json } = content;
    if (!Array.isArray(json) || !json.some(isHistory)) inspectJson(json, name, source, sink);
    else {
      for (const [index, each] of json.entries()) {
        const one = `${name}, history ${String(index + 1)}`;
        inspectJson(each, one, one, sink);
      }
    }
  }
}

/** Finds payloads and failures in a message of Temporal's API. */
export function inspectMessage(message: TypedMessage, source: string | undefined, sink: Sink): void {
  walk(message, {
    payload: ({ payload: { metadata, data }, kind, event, field }) => {
      sink.payload(
        {
          metadata: new Map(Object.entries(metadata ?? {})),
          data: data ?? new Uint8Array(),
          kind,
          event,
          field: field(),
          isBesideCodecs: kind === 'header' || kind === 'marker of the SDK',
        },
        source,
      );
    },
    clearFailure: () => {
      sink.failureInClear();
    },
  });
}

function inspectJson(json: unknown, name: string, source: string | undefined, sink: Sink): void {
  const history = historyIn(json);
  if (history !== undefined) {
    try {
      inspectMessage(historyOfJson(history, name, sink.notLooked), source, sink);
      return;
    } catch (error) {
      if (!(error instanceof ConfigurationError)) throw error;
      sink.notLooked(`Only what has the form of a payload was looked at: ${error.message}`);
    }
  }
  for (const { metadata, data, field, isBesideCodecs } of payloadsInJson({ root: json })) {
    const place = { kind: undefined, event: undefined, field: field(), isBesideCodecs };
    sink.payload({ metadata, data, ...place }, source);
  }
}

/** The history that a document is, that an answer of Temporal has in a field, or of which it is an event. */
function historyIn(json: unknown): unknown {
  const unwrapped = isObject(json) && !('events' in json) && 'history' in json ? json['history'] : json;
  if (isHistory(unwrapped)) return unwrapped;
  return isEvent(json) ? { events: [json] } : undefined;
}

function isHistory(json: unknown): boolean {
  if (!isObject(json)) return false;
  const { events } = json;
  return Array.isArray(events) && events.length > 0 && events.every(isEvent);
}

function isEvent(json: unknown): boolean {
  return isObject(json) && Object.keys(json).some((name) => /(?:E|_e)vent_?[Aa]ttributes$/.test(name));
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

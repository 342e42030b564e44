import { ENVELOPE_ENCODING } from '@waxseal/core/internal';
import type { TypedMessage } from './scan/messages';
import { identify } from './scan/payload-format';
import { walk, type EventPlace, type LocatedPayload } from './scan/walk';

/** What is counted on its own: a history, what is known of an execution, or a schedule. */
export interface Counted {
  readonly name: string;
  readonly messages: readonly TypedMessage[];
}

/** How much of messages of Temporal's is encrypted. */
export interface PayloadCounts {
  /** Payloads that are envelopes, also those that somebody has compressed around one. */
  readonly envelopes: number;
  /** Payloads that are none. The constants that stand for redacted parts of failures are not counted. */
  readonly plaintext: number;
  /** Failures whose message or stack stands in clear. Those that the server makes are not counted. */
  readonly clearFailures: number;
  /** Where what is in clear stands: type of the event or field, and encoding. */
  readonly clearAt: readonly { readonly place: string; readonly count: number }[];
}

/**
 * Counts payloads and failures, where Temporal's API has them. Not headers, which have modes of their own
 * (docs/headers.md), nor what SDKs note in markers, which is in clear under any codec.
 */
export function countPayloads(messages: readonly TypedMessage[]): PayloadCounts {
  const counts = { envelopes: 0, plaintext: 0, clearFailures: 0 };
  const places = new Map<string, number>();
  const note = (place: string): void => void places.set(place, (places.get(place) ?? 0) + 1);
  for (const message of messages) {
    walk(message, {
      payload: ({ payload, kind, event, field }) => {
        if (kind === 'header' || kind === 'marker of the SDK') return;
        const encoding = encodingOf(payload);
        // One that is damaged, or packed in the clear, tells nothing either.
        const format = encoding === ENVELOPE_ENCODING ? 'waxseal' : identify(payload).format;
        if (format === 'waxseal') counts.envelopes += 1;
        else if (format !== 'redacted') {
          counts.plaintext += 1;
          note(`${placeOf(event, field())} ${encoding}`);
        }
      },
      clearFailure: ({ event, field }) => {
        counts.clearFailures += 1;
        note(`${placeOf(event, field())} failure`);
      },
    });
  }
  return { ...counts, clearAt: [...places].map(([place, count]) => ({ place, count })) };
}

/** An event's type; elsewhere the outermost field. */
function placeOf(event: EventPlace | undefined, field: string): string {
  return event?.type ?? field.replace(/^workflowExecutionInfo\./, '').replace(/[.[].*$/s, '');
}

function encodingOf({ metadata }: LocatedPayload['payload']): string {
  const encoding = metadata?.['encoding'];
  return encoding === undefined ? '(no encoding)' : Buffer.from(encoding).toString('latin1').slice(0, 100);
}

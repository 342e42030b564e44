import { HISTORY, type Message, type TypedMessage } from './messages';
import {
  countedAs,
  ENCRYPTED,
  identify,
  type IdentifiedPayload,
  type PayloadFormat,
  TOKENS,
} from './payload-format';
import type { Holder } from './use';
import { Usage } from './usage';
import { walk, type LocatedPayload, type PayloadKind, type PayloadMessage } from './walk';

/** A payload, and how it is encrypted. */
export interface FoundPayload extends Pick<LocatedPayload, 'kind' | 'event'> {
  /** The way to it, from the event's attributes or from the message: `input.payloads[0]`. */
  readonly field: string;
  readonly format: PayloadFormat;
  readonly names: readonly string[];
  /** Size of its data. */
  readonly bytes: number;
}

/** Is shown every payload as it is, those too that count for nothing. It may be shown one more than once. */
export type OnPayload = (payload: PayloadMessage, kind: PayloadKind) => void;

/**
 * Whether one of Waxseal's codecs, or of others that are known, wrote what this is said of. Headers pass
 * through none, unless they are sealed: then they are what payloads are, tokens among them.
 */
export function isOfCodec({ format, names }: IdentifiedPayload): boolean {
  return ENCRYPTED.has(format) || (format === 'elsewhere' && names.includes(TOKENS));
}

/** Counts the payloads of a message, and calls `found` for each. What holds them, `usage.heldBy` is told. */
export function readUsage(
  usage: Usage,
  message: TypedMessage,
  found?: (found: FoundPayload) => void,
  onPayload?: OnPayload,
): void {
  if (message.type.fullName === HISTORY) usage.events += eventsIn(message.message);
  walk(message, {
    payload: ({ payload, kind, event, field }) => {
      onPayload?.(payload, kind);
      const identified = identify(payload);
      const { format, names } = identified;
      if (kind === 'header' && !isOfCodec(identified)) return;
      if (kind === 'marker of the SDK' && format === 'plaintext') {
        usage.sdkMarkers += 1;
        return;
      }
      found?.({ kind, event, field: field(), format, names, bytes: payload.data?.length ?? 0 });
      usage.count(format, names.map(countedAs), kind, event?.timeMs, ENCRYPTED.has(format));
      if (ENCRYPTED.has(format) && (payload.externalPayloads?.length ?? 0) > 0)
        usage.note('elsewhere', '(in an envelope)', kind, event?.timeMs);
    },
    clearFailure: () => (usage.clearFailures += 1),
  });
}

/** A payload, and what keeps it: one finding of a scan. */
export interface Finding extends FoundPayload {
  readonly holder: Holder;
}

/** What a holder holds, which is known as a whole. */
export function usageOf(
  holder: Holder,
  messages: readonly TypedMessage[],
  onFindings: ((findings: readonly Finding[]) => void) | undefined,
  onPayload?: OnPayload,
): Usage {
  const usage = new Usage();
  const found: Finding[] = [];
  const keep = onFindings && ((one: FoundPayload): void => void found.push({ ...one, holder }));
  for (const message of messages) readUsage(usage, message, keep, onPayload);
  usage.heldBy(holder);
  onFindings?.(found);
  return usage;
}

function eventsIn({ events }: Message): number {
  return Array.isArray(events) ? events.length : 0;
}

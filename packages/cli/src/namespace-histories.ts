import type { Counted } from './count-payloads';
import { executions } from './scan/executions';
import type { TypedMessage } from './scan/messages';
import { schedules } from './scan/standing';
import { TemporalReader } from './scan/temporal-reader';
import { openLastingSession } from './temporal/lasting-session';
import { readTemporalSettings } from './temporal/settings';

const REQUESTS_PER_SECOND = 1_000;

/**
 * The schedules of a namespace, and the executions that a query finds: history, memo, and what activities
 * that are under way have told.
 *
 * @param query a list filter of Temporal's visibility
 * @param limit most executions
 * @param notLooked is called where a part is left out
 */
export async function* namespaceHistories(
  query: string,
  limit: number,
  notLooked: (why: string) => void,
): AsyncIterable<Counted> {
  const settings = readTemporalSettings(process.env);
  const session = await openLastingSession(settings);
  try {
    const reader = new TemporalReader(session, settings.namespace, REQUESTS_PER_SECOND);
    for await (const { holder, message } of schedules(reader)) {
      yield { name: `schedule ${holder.id}`, messages: [message] };
    }
    let looked = 0;
    for await (const execution of executions(reader, 'workflows', query)) {
      if (execution.isOfScan === true) continue;
      if (looked === limit) {
        notLooked(
          `only the first ${String(limit)} executions were looked at: raise --limit, or narrow --query`,
        );
        return;
      }
      looked += 1;
      const messages: TypedMessage[] = [];
      const holder = await execution.read((message) => messages.push(message));
      if (holder !== undefined) yield { name: execution.id, messages };
    }
  } finally {
    session.close();
  }
}

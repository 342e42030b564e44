import { context, trace, type Span } from '@opentelemetry/api';

import { quietly } from '../quietly';

/**
 * Asks once, with `span` active if there is one, so that the spans of the service's SDK become its children.
 *
 * @returns what `ask` gives, whatever the context manager does; what it throws comes as a rejection
 */
export function askWithin<T>(span: Span | undefined, ask: () => Promise<T>): Promise<T> {
  let asked: Promise<T> | undefined;
  const once = (): Promise<T> => (asked ??= (async () => ask())());
  if (span !== undefined) {
    quietly(() => {
      void context.with(trace.setSpan(context.active(), span), once);
    });
  }
  return once();
}

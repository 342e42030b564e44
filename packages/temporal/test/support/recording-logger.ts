import { inspect } from 'node:util';

import { DefaultLogger } from '@temporalio/worker';

/** A logger at DEBUG that keeps everything it is given, as deeply as a log sink could print it. */
export function recordingLogger(): { readonly logger: DefaultLogger; readonly text: () => string } {
  const lines: string[] = [];
  const logger = new DefaultLogger('DEBUG', (entry) => {
    lines.push(
      `${entry.level} ${entry.message} ${inspect(entry.meta, { depth: 20, showHidden: true, maxStringLength: null, maxArrayLength: null })}`,
    );
  });
  return { logger, text: () => lines.join('\n') };
}

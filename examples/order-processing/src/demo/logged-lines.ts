import { inspect } from 'node:util';
import { DefaultLogger, Runtime } from '@temporalio/worker';
import { redactingLogger } from '@waxseal/temporal';

/**
 * Has the SDK log at DEBUG into memory instead of the terminal, through the logger that leaves error messages
 * out, as a production worker should. Must run before the first connection or worker is made.
 *
 * @returns a function that gives all that was logged so far
 */
export function loggedLines(): () => string {
  const lines: string[] = [];
  const logger = new DefaultLogger('DEBUG', ({ level, message, meta }) => {
    lines.push(
      `${level} ${message} ${inspect(meta, { depth: 20, breakLength: Infinity, maxStringLength: null })}`,
    );
  });
  Runtime.install({ logger: redactingLogger(logger), shutdownSignals: [] });
  return () => lines.join('\n');
}

import { SdkComponent, type Logger, type LogLevel, type LogMetadata } from '@temporalio/common';

import { isErrorLike } from './is-error-like';
import { messagesOf } from './messages-of';
import { summarizeError } from './summarize-error';

const REMOVED = '(redacted)';

/**
 * A logger like `logger` that keeps errors which the SDK logs of its own accord ("Activity failed", "Workflow failed")
 * without their messages, which may quote card numbers or names. Type, code and stack frames stay.
 *
 * What workflows and activities log themselves is passed on as it is, and so are the messages of Waxseal's own errors, which
 * hold no data.
 *
 * ```ts
 * Runtime.install({ logger: redactingLogger(new DefaultLogger('INFO')) });
 * ```
 */
export function redactingLogger(logger: Logger): Logger {
  const log = (level: LogLevel, message: string, meta?: LogMetadata): void => {
    const entry = redact(message, meta);
    logger.log(level, entry.message, entry.meta);
  };
  return {
    log,
    trace: (message, meta?: LogMetadata) => {
      log('TRACE', message, meta);
    },
    debug: (message, meta?: LogMetadata) => {
      log('DEBUG', message, meta);
    },
    info: (message, meta?: LogMetadata) => {
      log('INFO', message, meta);
    },
    warn: (message, meta?: LogMetadata) => {
      log('WARN', message, meta);
    },
    error: (message, meta?: LogMetadata) => {
      log('ERROR', message, meta);
    },
  };
}

/** Components whose entries are written by the user's code. */
const USER_COMPONENTS: ReadonlySet<unknown> = new Set([
  SdkComponent.workflow,
  SdkComponent.activity,
  SdkComponent.nexus,
]);

/** Names under which the SDK logs what was thrown. It need not be an error: anything can be thrown. */
const THROWN: ReadonlySet<string> = new Set(['error', 'err', 'cause', 'reason']);

function redact(
  message: string,
  meta: LogMetadata | undefined,
): { message: string; meta: LogMetadata | undefined } {
  if (meta === undefined || USER_COMPONENTS.has(meta['sdkComponent'])) return { message, meta };
  let redactedMessage = message;
  const redactedMeta: LogMetadata = { ...meta };
  for (const [name, value] of Object.entries(meta)) {
    if (isErrorLike(value)) {
      redactedMeta[name] = summarizeError(value);
      // Some entries repeat the error's message in their own.
      for (const text of messagesOf(value)) redactedMessage = redactedMessage.replaceAll(text, REMOVED);
    } else if (THROWN.has(name) && value !== undefined) {
      redactedMeta[name] = { type: typeof value };
      if (typeof value === 'string' && value !== '')
        redactedMessage = redactedMessage.replaceAll(value, REMOVED);
    }
  }
  return { message: redactedMessage, meta: redactedMeta };
}

import { SdkComponent, type Logger, type LogLevel, type LogMetadata } from '@temporalio/common';
import { isWaxsealError } from '@waxseal/core';

import { summarizeError } from './summarize-error';

const REMOVED = '(redacted)';

/**
 * A logger like `logger` that keeps errors which the SDK logs of its own accord ("Activity failed", "Workflow failed")
 * without their messages, which may quote card numbers or names. Type, code and stack frames stay.
 *
 * What workflows and activities log themselves is passed on as it is.
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

function redact(
  message: string,
  meta: LogMetadata | undefined,
): { message: string; meta: LogMetadata | undefined } {
  if (meta === undefined || USER_COMPONENTS.has(meta['sdkComponent'])) return { message, meta };
  let redactedMessage = message;
  const redactedMeta: LogMetadata = { ...meta };
  for (const [name, value] of Object.entries(meta)) {
    if (!isErrorLike(value)) continue;
    redactedMeta[name] = summarizeError(value);
    // Some entries repeat the error's message in their own.
    if (value.message !== '' && !isWaxsealError(value))
      redactedMessage = redactedMessage.replaceAll(value.message, REMOVED);
  }
  return { message: redactedMessage, meta: redactedMeta };
}

// An error from the workflow sandbox is of another realm, so instanceof does not tell.
function isErrorLike(value: unknown): value is Error {
  return (
    typeof value === 'object' &&
    value !== null &&
    'message' in value &&
    typeof value.message === 'string' &&
    ('stack' in value || 'name' in value)
  );
}

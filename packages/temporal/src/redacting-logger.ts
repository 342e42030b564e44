import { SdkComponent, type Logger, type LogLevel, type LogMetadata } from '@temporalio/common';
import { isWaxsealError } from '@waxseal/core';

const REMOVED = '(redacted)';

/** Components whose entries are written by the user's code. */
const USER_COMPONENTS: ReadonlySet<unknown> = new Set([
  SdkComponent.workflow,
  SdkComponent.activity,
  SdkComponent.nexus,
]);

/** Fields whose values are names, counts, times and states of Temporal, and are kept. */
const KEPT: ReadonlySet<string> = new Set(
  (
    'sdkComponent namespace taskQueue workflowId runId workflowType workflowName firstExecutionRunId ' +
    'continuedFromExecutionRunId activityId activityType attempt isLocal isReplaying historyLength historySize ' +
    'taskToken base64TaskToken durationMs state status size exitCode method service operation endpoint requestId ' +
    'ifaceName fnName seq eventId timestampNanos startTime runStartTime identity buildId deploymentName ' +
    'target level maxCachedWorkflows maxConcurrentWorkflowTaskExecutions maxConcurrentActivityTaskExecutions ' +
    'maxConcurrentLocalActivityExecutions maxConcurrentNexusTaskExecutions shutdownGraceTime shutdownForceTime ' +
    'stickyQueueScheduleToStartTimeout workflowsPath reuseV8Context workflowThreadPoolSize debugMode'
  ).split(' '),
);

/**
 * Fields whose objects consist of such fields. What the application's data is in (memo, arguments, results)
 * is not among them.
 */
const CONTAINERS: ReadonlySet<string> = new Set([
  'options',
  'info',
  'workflowInfo',
  'workflowExecution',
  'parent',
  'root',
  'retryPolicy',
]);

/** Names under which the SDK logs what was thrown. It need not be an error: anything can be thrown. */
const THROWN: ReadonlySet<string> = new Set(['error', 'err', 'cause', 'reason', 'exitError']);

/** What a class may be called. An error's `name` can be set to anything. */
const CLASS_NAME = /^[\w$.]{1,100}$/;

/** Causes, levels of objects and entries of one object that are followed at most: a chain may be a ring. */
const MAX_CAUSES = 8;
const MAX_DEPTH = 4;
const MAX_ENTRIES = 100;

/**
 * A logger like `logger` that keeps entries which the SDK writes of its own accord ("Activity failed",
 * "Creating worker") without data of the application. Of errors it keeps type, code and stack frames, not
 * messages, which may quote card numbers or names. Of other fields it keeps those that are known to hold
 * names, counts and states of Temporal; of the rest it tells type and size.
 *
 * What workflows and activities log themselves is passed on as it is, and so are the messages of Waxseal's
 * own errors, which hold no data.
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

function redact(
  message: string,
  meta: LogMetadata | undefined,
): { message: string; meta: LogMetadata | undefined } {
  // The SDK hands over an error in the place of fields too, and callers from JavaScript anything.
  const given: unknown = meta;
  if (given === undefined || given === null) return { message, meta };
  const texts = new Set<string>();
  if (isErrorLike(given) || typeof given !== 'object') {
    return { message: without(texts, message, given), meta: { error: thrown(given, texts) } };
  }
  if (USER_COMPONENTS.has((given as LogMetadata)['sdkComponent'])) return { message, meta };
  const redacted = fieldsOf(given, texts, 0);
  return { message: without(texts, message), meta: redacted };
}

/** The message of an entry without texts that it repeats. The longest first: one may be a part of another. */
function without(texts: Set<string>, message: string, error?: unknown): string {
  if (error !== undefined) thrown(error, texts);
  const longestFirst = [...texts].sort((a, b) => b.length - a.length);
  return longestFirst.reduce((rest, text) => rest.replaceAll(text, REMOVED), message);
}

function fieldsOf(object: object, texts: Set<string>, depth: number): Record<string, unknown> {
  const entries = Object.entries(object).slice(0, MAX_ENTRIES);
  return Object.fromEntries(entries.map(([name, value]) => [name, field(name, value, texts, depth)]));
}

function field(name: string, value: unknown, texts: Set<string>, depth: number): unknown {
  if (value === undefined || value === null) return value;
  if (isErrorLike(value) || THROWN.has(name)) return thrown(value, texts);
  const isObject = typeof value === 'object';
  if (KEPT.has(name) && (!isObject || value instanceof Date)) return value;
  if (isObject && isPlain(value) && CONTAINERS.has(name) && depth < MAX_DEPTH) {
    return fieldsOf(value, texts, depth + 1);
  }
  return describe(value);
}

/** Type and size of a value. */
function describe(value: unknown): string {
  if (typeof value === 'string') return `(string of ${String(value.length)} characters)`;
  if (typeof value !== 'object' || value === null) return `(${typeof value})`;
  if (ArrayBuffer.isView(value)) return `(${String(value.byteLength)} bytes)`;
  if (Array.isArray(value)) return `(array of ${String(value.length)})`;
  return isPlain(value) ? `(object of ${String(Object.keys(value).length)} entries)` : '(object)';
}

function isPlain(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  // One of the workflow sandbox is of another realm.
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}

/** What may be said of what was thrown; its texts are added to those that an entry's message may repeat. */
function thrown(value: unknown, texts: Set<string>): unknown {
  if (isErrorLike(value)) {
    for (const text of messagesOf(value)) texts.add(text);
    return summarizeError(value);
  }
  const isPrinted = typeof value === 'number' || typeof value === 'bigint' || typeof value === 'symbol';
  const text = isPrinted ? String(value) : value;
  if (typeof text === 'string' && text !== '') texts.add(text);
  return { type: typeof value };
}

/** Whether a value is an error, also one of the workflow sandbox, which is of another realm. */
function isErrorLike(value: unknown): value is Error {
  return (
    typeof value === 'object' &&
    value !== null &&
    'message' in value &&
    typeof value.message === 'string' &&
    ('stack' in value || 'name' in value)
  );
}

/**
 * The messages of an error, of its causes and of the errors that it gathers, but for Waxseal's own and empty
 * ones.
 */
function messagesOf(error: Error, depth = 0): string[] {
  const own = error.message === '' || isWaxsealError(error) ? [] : [error.message];
  if (depth === MAX_CAUSES) return own;
  const gathered: unknown[] = 'errors' in error && Array.isArray(error.errors) ? error.errors : [];
  const inner = [error.cause, ...gathered.slice(0, MAX_ENTRIES)].flatMap((value) => {
    if (isErrorLike(value)) return messagesOf(value, depth + 1);
    return typeof value === 'string' && value !== '' ? [value] : [];
  });
  return [...own, ...inner];
}

/** What may be said of an error in a log. */
interface ErrorSummary {
  /** Class of the error. */
  readonly name: string;
  /** Of Waxseal's own errors only, which hold no secret. */
  readonly message?: string;
  /** `type` of an `ApplicationFailure`, `activityType`, or `code`, where there is one. */
  readonly type?: string;
  /** Stack frames, without the message above them. */
  readonly frames?: readonly string[];
  readonly cause?: ErrorSummary;
}

/** An error without its message, unless it is Waxseal's own. */
function summarizeError(error: Error, depth = 0): ErrorSummary {
  const { name, cause, stack } = error;
  const type = [
    ...('type' in error ? [error.type] : []),
    ...('activityType' in error ? [error.activityType] : []),
    ...('code' in error ? [error.code] : []),
  ].find((value) => typeof value === 'string');
  const frames = framesOf(stack, error.message);
  return {
    name: CLASS_NAME.test(name) ? name : 'Error',
    ...(isWaxsealError(error) ? { message: error.message } : {}),
    ...(type === undefined ? {} : { type }),
    ...(frames.length === 0 ? {} : { frames }),
    ...(isErrorLike(cause) && depth < MAX_CAUSES ? { cause: summarizeError(cause, depth + 1) } : {}),
  };
}

/** The frames of a stack; none where the message cannot be told from them. */
function framesOf(stack: string | undefined, message: string): string[] {
  if (typeof stack !== 'string') return [];
  const at = message === '' ? 0 : stack.indexOf(message);
  if (at < 0) return [];
  return stack
    .slice(at + message.length)
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line.startsWith('at '));
}

import { isWaxsealError, type WaxsealErrorCode } from '@waxseal/core';
import { helpFor } from '@waxseal/core/internal';
import { EXIT } from './exit-codes';
import { type CommandErrorCode, type Guidance, guidanceFor } from './guidance';

/** What is told of an error that ends a command. Holds no secret. */
export interface Failure extends Guidance {
  readonly code: WaxsealErrorCode | CommandErrorCode;
  /** The kind of error within its code, such as `denied`; undefined where the code has no kinds. */
  readonly reason: string | undefined;
  /** What happened, in one line. */
  readonly message: string;
  /** Where the code is explained. */
  readonly help: string;
  /** Whether the same call may succeed later with nothing changed by an operator. */
  readonly retryable: boolean;
  readonly exitCode: number;
}

/** What is known of an error; of all but Waxseal's own that is not much. */
interface Told {
  readonly code: Failure['code'];
  readonly reason?: unknown;
  readonly message: string;
  readonly retryable?: boolean;
}

/** What a person or a program is told of whatever a command threw. */
export function failureOf(error: unknown): Failure {
  const { code, reason, message, retryable = false }: Told = isWaxsealError(error) ? error : toldOf(error);
  const kind = typeof reason === 'string' ? reason : undefined;
  return {
    code,
    reason: kind,
    message: message.trim().replaceAll(/\s*\n\s*/g, ' '),
    ...guidanceFor(code, kind),
    help: helpFor(code),
    retryable,
    exitCode: code === 'WAXSEAL_USAGE' ? EXIT.usage : EXIT.failed,
  };
}

const OWN = new Set<unknown>([
  'WAXSEAL_USAGE',
  'WAXSEAL_TEMPORAL',
  'WAXSEAL_UNHEALTHY',
] satisfies Failure['code'][]);

/** Errors of the language. Their messages may quote what a program could not read, such as a payload. */
const OF_THE_LANGUAGE = new Set(['EvalError', 'RangeError', 'ReferenceError', 'SyntaxError', 'TypeError']);

function toldOf(error: unknown): Told {
  if (!(error instanceof Error)) return { code: 'WAXSEAL_UNEXPECTED', message: typeof error };
  const { message, name } = error;
  if ('code' in error && OWN.has(error.code)) return { code: error.code as Failure['code'], message };
  const isQuiet = OF_THE_LANGUAGE.has(name);
  return { code: 'WAXSEAL_UNEXPECTED', message: isQuiet ? `${name}${placeOf(error)}` : message };
}

/** Where in the code it was, which is no secret. */
function placeOf({ stack = '' }: Error): string {
  const [, frame] = /^\s+at (.+)$/m.exec(stack) ?? [];
  return frame === undefined ? '' : ` at ${frame}`;
}

/** A failure for a person: what happened, and below it code, cause, next step and page. */
export function failureLines({ code, reason, message, cause, next, help }: Failure): readonly string[] {
  return [
    message,
    `  code:  ${code}${reason === undefined ? '' : ` (${reason})`}`,
    `  cause: ${cause}`,
    `  next:  ${next}`,
    `  help:  ${help}`,
  ];
}

/** A failure for a program, in one line. */
export function failureJson(failure: Failure): string {
  return JSON.stringify({ error: failure });
}

import { isWaxsealError } from '../errors/is-waxseal-error';

const warned = new Set<string>();

/**
 * Tells once per process and kind of error that a failure was redacted: by the code of Waxseal's own errors, by the class of
 * any other, whose message may hold data.
 */
export function warnRedacted(error: unknown): void {
  const kind = isWaxsealError(error)
    ? error.code
    : error instanceof Error
      ? error.constructor.name
      : typeof error;
  if (warned.has(kind)) return;
  warned.add(kind);
  process.emitWarning(
    `A failure could not be encrypted (${kind}) and was redacted. Further ones of this kind are not announced.`,
    { type: 'WaxsealWarning', code: 'WAXSEAL_FAILURE_REDACTED' },
  );
}

import type { ContextMismatch } from '../errors/context-mismatch';
import { ConfigurationError } from '../errors/configuration-error';

/**
 * Tells the owner of a difference.
 *
 * @throws ConfigurationError when the listener is asynchronous: its refusal would come after the payload is released
 * @throws what the listener throws
 */
export function reportMismatch(
  mismatch: ContextMismatch,
  listener: ((mismatch: ContextMismatch) => void) | undefined,
): void {
  const result: unknown = listener?.(mismatch);
  if (typeof result !== 'object' || result === null || !('then' in result)) return;
  Promise.resolve(result).catch(() => undefined);
  throw new ConfigurationError(
    'EnvelopeCodec: onContextMismatch must be a function that is not asynchronous.',
  );
}

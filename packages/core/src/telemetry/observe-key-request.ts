import type { KeyRequestInfo } from './key-request-info';
import { tell } from './tell';
import type { Telemetry } from './telemetry';

/** Asks within the observer's call, once, whatever the observer does; its result is not looked at. */
export function observeKeyRequest<T>(
  telemetry: Telemetry | undefined,
  info: KeyRequestInfo,
  ask: () => Promise<T>,
): Promise<T> {
  if (telemetry?.keyRequest === undefined) return ask();
  let asked: Promise<T> | undefined;
  const once = (): Promise<T> => (asked ??= ask());
  const observed = (): Promise<void> => {
    const done = once().then(() => undefined);
    // An observer may leave it alone.
    done.catch(() => undefined);
    return done;
  };
  tell(() => {
    telemetry.keyRequest?.(info, observed).catch(() => undefined);
  });
  return once();
}

import { performance } from 'node:perf_hooks';
import type { MiddlewareHandler } from 'hono';
import type { ResolvedOptions } from '../options/resolved-options';
import { quietly } from '../quietly';
import type { ServerEnv } from './server-env';

/** Tells the observer of every POST when it begins and when it is answered. */
export function observeRequests({ telemetry }: ResolvedOptions): MiddlewareHandler<ServerEnv> {
  return async (context, next) => {
    if (telemetry === undefined || context.req.method !== 'POST') {
      await next();
      return;
    }
    const begin = performance.now();
    quietly(() => telemetry.requestBegan?.());
    await next();
    const { operation = null, payloadCount = 0, unreadableCount = 0 } = context.get('draft');
    const code = context.get('failure')?.code ?? null;
    const durationMs = performance.now() - begin;
    const { status } = context.res;
    quietly(() =>
      telemetry.requestAnswered?.({ operation, status, code, durationMs, payloadCount, unreadableCount }),
    );
  };
}

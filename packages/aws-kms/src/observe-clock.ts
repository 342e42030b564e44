import type { DescribeKeyCommand } from '@aws-sdk/client-kms';

/**
 * Makes a command tell, once it is answered, by how many milliseconds the service's clock is ahead of this machine's, from the
 * answer's `Date` header (whole seconds). `undefined` before, and where there is none.
 */
export function observeClock(command: DescribeKeyCommand): () => number | undefined {
  let aheadMs: number | undefined;
  command.middlewareStack.add(
    (next) => async (args) => {
      const result = await next(args);
      const { headers } = (result.response ?? {}) as { headers?: Readonly<Record<string, string>> };
      const date = Date.parse(headers?.['date'] ?? '');
      if (!Number.isNaN(date)) aheadMs = date - Math.floor(Date.now() / 1000) * 1000;
      return result;
    },
    { step: 'deserialize', name: 'waxsealObserveClock' },
  );
  return () => aheadMs;
}

import { relativePath } from './relative-path';
import type { Route } from './route';
import { TEMPLATE } from './template';

/**
 * Reads the operation and the namespace from a path: `/decode`, `/orders/decode`, `/any/prefix/orders/decode`.
 *
 * @param pathname path of the URL, still percent-encoded
 * @param basePath segments that stand in front of every route; taken off when they are there
 * @returns undefined when the path names no operation
 */
export function parseRoute(pathname: string, basePath: readonly string[]): Route | undefined {
  const segments = relativePath(pathname, basePath);
  const operation = segments?.at(-1);
  if (operation !== 'encode' && operation !== 'decode' && operation !== 'download') return undefined;
  const namespace = segments?.at(-2);
  return { operation, namespace: namespace === TEMPLATE ? undefined : namespace };
}

import type { Endpoint } from './operation';
import { relativePath } from './relative-path';
import type { Route } from './route';
import { TEMPLATE } from './template';

const ENDPOINTS = ['decode', 'encode', 'download', 'inspect'] as const satisfies readonly Endpoint[];

/**
 * Reads the endpoint and the namespace from a path: `/decode`, `/orders/decode`, `/any/prefix/orders/decode`.
 *
 * @param pathname path of the URL, still percent-encoded
 * @param basePath segments that stand in front of every route; taken off when they are there
 * @returns undefined when the path names no endpoint
 */
export function parseRoute(pathname: string, basePath: readonly string[]): Route | undefined {
  const segments = relativePath(pathname, basePath);
  const endpoint = ENDPOINTS.find((name) => name === segments?.at(-1));
  if (endpoint === undefined) return undefined;
  const namespace = segments?.at(-2);
  return { endpoint, namespace: namespace === TEMPLATE ? undefined : namespace };
}

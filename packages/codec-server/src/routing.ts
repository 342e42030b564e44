import { RequestError } from './request-error';

// Temporal's own limit on the length of an identifier (limit.maxIDLength).
const MAX_CHARACTERS = 1000;

// eslint-disable-next-line no-control-regex
const CONTROL = /[\u0000-\u001f\u007f-\u009f]/;

/** Whether `value` can be the name of a Temporal namespace. */
export function isNamespace(value: unknown): value is string {
  return (
    typeof value === 'string' &&
    value.length > 0 &&
    value.length <= MAX_CHARACTERS &&
    value.isWellFormed() &&
    !CONTROL.test(value)
  );
}

/** What a principal may do. */
export const OPERATIONS = ['decode', 'encode', 'download'] as const;

/** What a principal may do. */
export type Operation = (typeof OPERATIONS)[number];

/** What a client asks for: the last segment of the path. Who may decode may inspect. */
export type Endpoint = Operation | 'inspect';

const ENDPOINTS: readonly Endpoint[] = [...OPERATIONS, 'inspect'];

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

/**
 * The segments of a path behind the base path; all of them when the base path is not in front.
 *
 * @param pathname path of a URL, still percent-encoded
 * @param basePath decoded segments
 * @returns undefined when a percent-escape is not valid UTF-8
 */
export function relativePath(pathname: string, basePath: readonly string[]): readonly string[] | undefined {
  const segments = splitPath(pathname);
  return segments !== undefined && basePath.every((segment, index) => segments[index] === segment)
    ? segments.slice(basePath.length)
    : segments;
}

/**
 * The namespace of a request: from the path, else from `X-Namespace`, else the configured default. An empty
 * header counts as absent, since the CLI (1.5.1) sends one when it is run without `--namespace`.
 *
 * @returns undefined when nothing names a namespace
 * @throws RequestError 400 when path and header differ, when the name cannot be one, or is a template's
 */
export function resolveNamespace(
  inPath: string | undefined,
  inHeader: string | undefined,
  byDefault: string | undefined,
): string | undefined {
  const header = inHeader?.trim() === '' ? undefined : inHeader?.trim();
  if (header === TEMPLATE) {
    throw new RequestError(
      400,
      'NAMESPACE_TEMPLATE',
      'X-Namespace is the literal {namespace}, which nothing has filled in. Leave it to the Web UI and the CLI, which set the header themselves.',
    );
  }
  if (inPath !== undefined && header !== undefined && inPath !== header) {
    throw new RequestError(
      400,
      'NAMESPACE_CONFLICT',
      'The path and the X-Namespace header name different namespaces. If the path has a prefix that is no namespace, configure it as the base path.',
    );
  }
  const namespace = inPath ?? header ?? byDefault;
  if (namespace !== undefined && !isNamespace(namespace)) {
    throw new RequestError(
      400,
      'INVALID_NAMESPACE',
      'The namespace is too long or holds control characters.',
    );
  }
  return namespace;
}

/** Where a request is addressed to. */
export interface Route {
  readonly endpoint: Endpoint;
  /** The path segment before the operation, if there is one and it is not the literal `{namespace}`. */
  readonly namespace: string | undefined;
}

/**
 * Splits a URL's path into its segments, percent-decoded. Empty segments are left out: the Web UI and the CLI
 * send `//decode` when an endpoint ends in a slash or a namespace is empty.
 *
 * @returns undefined when a percent-escape is not valid UTF-8
 */
export function splitPath(pathname: string): readonly string[] | undefined {
  try {
    return pathname
      .split('/')
      .filter((segment) => segment !== '')
      .map((segment) => decodeURIComponent(segment));
  } catch {
    return undefined;
  }
}

/**
 * What Temporal's documentation has in place of a namespace, for the client to fill in. The Web UI does not:
 * it asks for `/%7Bnamespace%7D/decode`.
 */
const TEMPLATE = '{namespace}';

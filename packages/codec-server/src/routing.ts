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
    const segments = pathname.split('/').filter((segment) => segment !== '');
    return pathname.includes('%') ? segments.map((segment) => decodeURIComponent(segment)) : segments;
  } catch {
    return undefined;
  }
}

/**
 * What Temporal's documentation has in place of a namespace, for the client to fill in. The Web UI does not:
 * it asks for `/%7Bnamespace%7D/decode`.
 */
const TEMPLATE = '{namespace}';

/**
 * The execution that a client says it reads. It is a claim: whoever may ask can name any, or none. It is kept
 * for the audit log, and decides nothing.
 */
export interface NamedExecution {
  readonly workflowId: string;
  /** Null where the client names none. */
  readonly runId: string | null;
  /**
   * `headers`: `X-Workflow-Id` and `X-Run-Id`. `referer`: the address of the page of the Web UI that asks,
   * where the browser sends it. `command`: what a command was told to read, and read from Temporal itself.
   */
  readonly by: 'headers' | 'referer' | 'command';
}

/** Headers in which a client names an execution. The Web UI and the CLI send neither by themselves. */
export const EXECUTION_HEADERS = ['X-Workflow-Id', 'X-Run-Id'] as const;

/**
 * The execution that a client names, by headers, else by the page that it asks from. A name that cannot be
 * one, as of more than 1,000 characters, counts as none.
 *
 * @param header gives the value of a header by its name in lower case, each byte a character, as the Fetch
 *   standard has it
 * @param namespace that of the request; a page of another one names nothing
 */
export function namedExecution(
  header: (name: string) => string | undefined,
  namespace: string | undefined,
): NamedExecution | undefined {
  const [workflowId, runId] = EXECUTION_HEADERS.map((name) => toName(header(name.toLowerCase())));
  if (workflowId !== undefined) return { workflowId, runId: runId ?? null, by: 'headers' };
  return executionOfPage(header('referer'), namespace);
}

/** Of `https://temporal.example.com/namespaces/orders/workflows/order-1/<run>/history`, under any prefix. */
const PAGE = /\/namespaces\/([^/]+)\/workflows\/([^/]+)(?:\/([^/]+))?/;
const MAX_REFERER_CHARACTERS = 16_384;

function executionOfPage(
  referer: string | undefined,
  namespace: string | undefined,
): NamedExecution | undefined {
  if (referer === undefined || referer.length > MAX_REFERER_CHARACTERS || !URL.canParse(referer)) {
    return undefined;
  }
  const [, page, workflow, run] = (PAGE.exec(new URL(referer).pathname) ?? []).map(toName);
  if (workflow === undefined || (namespace !== undefined && page !== namespace)) return undefined;
  return { workflowId: workflow, runId: run ?? null, by: 'referer' };
}

/**
 * A name as it was meant: bytes of UTF-8, and percent-encoded where it is so wholly, since not every client
 * can send other characters in a header.
 */
function toName(sent: string | undefined): string | undefined {
  if (sent === undefined) return undefined;
  const name = percentDecoded(utf8Of(sent.trim()));
  // Temporal bounds the names of namespaces and executions alike.
  return isNamespace(name) ? name : undefined;
}

function utf8Of(bytes: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(Buffer.from(bytes, 'latin1'));
  } catch {
    return bytes;
  }
}

function percentDecoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

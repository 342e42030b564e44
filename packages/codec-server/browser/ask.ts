/** What the server answered in the place of what it was asked for, or that nothing came back. */
export class AskError extends Error {
  override readonly name = 'AskError';
  readonly status: number;
  /** The server's code, such as `ACCESS_DENIED`; `UNREACHABLE` and `NOT_THE_SERVER` are this page's own. */
  readonly code: string;
  /** Address of what explains the code. */
  readonly help: string | undefined;
  readonly retryAfterMs: number | undefined;

  constructor(status: number, { code, message, help }: ErrorBody, retryAfterMs?: number) {
    super(message);
    this.status = status;
    this.code = code;
    this.help = help;
    this.retryAfterMs = retryAfterMs;
  }
}

/** The body of an error's answer. */
interface ErrorBody {
  readonly code: string;
  readonly message: string;
  readonly help?: string | undefined;
}

/** Who asks, and for what. */
export interface Asker {
  readonly namespace: string;
  /** Name and value of the header with a token. */
  readonly token: readonly [name: string, value: string] | undefined;
  /** The workflow that is read, for the server's audit log. */
  readonly workflowId: string | undefined;
}

/**
 * POSTs payloads to the server.
 *
 * @returns as many as in the request, in the same order
 * @throws AskError
 */
export async function post<T>(
  base: string,
  operation: 'inspect' | 'decode',
  payloads: readonly object[],
  asker: Asker,
  signal: AbortSignal,
): Promise<readonly T[]> {
  let response: Response;
  let answer: unknown;
  try {
    response = await fetch(`${base}${pathOf(operation, asker.namespace)}`, {
      method: 'POST',
      headers: headersOf(asker),
      body: JSON.stringify({ payloads }),
      credentials: 'same-origin',
      signal,
    });
  } catch (cause) {
    if (signal.aborted) throw cause;
    throw new AskError(0, { code: 'UNREACHABLE', message: 'The Codec Server does not answer. Try again.' });
  }
  try {
    answer = await response.json();
  } catch {
    if (signal.aborted) throw signal.reason;
    answer = undefined;
  }
  const { payloads: answered, error } = (answer ?? {}) as {
    readonly payloads?: unknown;
    readonly error?: unknown;
  };
  if (response.ok && Array.isArray(answered) && answered.length === payloads.length) return answered as T[];
  throw new AskError(response.status, bodyOf(error, response.status), retryAfterOf(response));
}

/** What a header can hold as it is. */
const PRINTABLE = /^[\x20-\x7e]+$/;

function pathOf(operation: string, namespace: string): string {
  const isInPath = namespace !== '' && !PRINTABLE.test(namespace);
  return isInPath ? `${encodeURIComponent(namespace.toWellFormed())}/${operation}` : operation;
}

function headersOf({ namespace, token, workflowId }: Asker): Record<string, string> {
  return {
    'Content-Type': 'application/json',
    ...(PRINTABLE.test(namespace) ? { 'X-Namespace': namespace } : {}),
    ...executionOf(workflowId),
    ...(token === undefined ? {} : { [token[0]]: token[1] }),
  };
}

/** Longest name that is sent; headers share their room with the token. */
const MOST_CHARACTERS = 4_000;

function executionOf(workflowId = ''): Record<string, string> {
  const name = encodeURIComponent(workflowId.slice(0, MOST_CHARACTERS).toWellFormed());
  return name === '' || name.length > MOST_CHARACTERS ? {} : { 'X-Workflow-Id': name };
}

function bodyOf(error: unknown, status: number): ErrorBody {
  const { code, message, help } = (error ?? {}) as Readonly<Record<string, unknown>>;
  if (typeof code === 'string' && typeof message === 'string') {
    return {
      code,
      message,
      help: typeof help === 'string' && help.startsWith('https://') ? help : undefined,
    };
  }
  return {
    code: 'NOT_THE_SERVER',
    message: `Something in front of the Codec Server answered ${String(status)} in its place.`,
  };
}

function retryAfterOf({ headers }: Response): number | undefined {
  const seconds = Number(headers.get('Retry-After') ?? Number.NaN);
  return Number.isFinite(seconds) && seconds >= 0 ? seconds * 1000 : undefined;
}

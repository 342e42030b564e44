import { randomBytes } from 'node:crypto';
import { BringUpError } from '../find';
import { freePort, startServiceProcess, waitUntil } from '../process';
import { type OpenBaoCommand, findOpenBao } from './find-openbao';

const attempts = 3;
const startTimeoutMs = 30_000;

/**
 * Starts a development server of OpenBao. Resolves when it is unsealed and answers.
 *
 * @throws BringUpError when OpenBao can be neither found nor installed, or does not start; the message says
 *   what to do
 */
export async function startOpenBao(environment: NodeJS.ProcessEnv = process.env): Promise<OpenBaoServer> {
  const command = await findOpenBao(environment);
  let failure = '';
  for (let attempt = 0; attempt < attempts; attempt++) {
    const started = await startOnce(command);
    if (typeof started !== 'string') {
      return started;
    }
    failure = started;
  }
  throw new BringUpError(
    `OpenBao (${command.path}, ${command.version}) does not start: ${failure}`,
    'Run the command above by hand to see more, or set BAO_PATH to another program.',
  );
}

/** Returns the server, or the reason why it did not start. */
async function startOnce(command: OpenBaoCommand): Promise<OpenBaoServer | string> {
  const listen = `127.0.0.1:${String(await freePort())}`;
  const rootToken = `root-${randomBytes(16).toString('hex')}`;
  const args = [
    'server',
    '-dev',
    '-dev-no-store-token',
    `-dev-root-token-id=${rootToken}`,
    `-dev-listen-address=${listen}`,
  ];
  const server = await startServiceProcess(command.path, args);
  const address = `http://${listen}`;
  const unsealKey = (): string | undefined => /^Unseal Key: (\S+)/m.exec(server.output())?.[1];
  const ready = await waitUntil(
    async () => server.ended !== undefined || (unsealKey() !== undefined && (await isServing(address))),
    { timeoutMs: startTimeoutMs },
  );
  const key = unsealKey();
  if (!ready || server.ended !== undefined || key === undefined) {
    const why = server.ended ?? `it did not answer at ${address} within ${String(startTimeoutMs)} ms`;
    await server.stop();
    return `\`${command.path} server -dev\`: ${why}: ${server.output().trim().split('\n').slice(-5).join('; ')}`;
  }
  return {
    address,
    rootToken,
    unsealKey: key,
    version: command.version,
    processId: server.processId,
    admin: openBaoAdmin(address, rootToken),
    stop: () => server.stop(),
  };
}

async function isServing(address: string): Promise<boolean> {
  try {
    const answer = await fetch(`${address}/v1/sys/health`, { signal: AbortSignal.timeout(2_000) });
    await answer.text();
    return answer.status === 200;
  } catch {
    return false;
  }
}

/**
 * A development server of OpenBao: unsealed, everything in memory, without TLS, on a free port of 127.0.0.1.
 */
export interface OpenBaoServer {
  /** Base URL, without a trailing slash. */
  readonly address: string;
  readonly rootToken: string;
  /** Opens the seal: `PUT sys/unseal`. */
  readonly unsealKey: string;
  /** What the program says of itself. */
  readonly version: string;
  readonly processId: number;
  /**
   * Sends an administrator's request with the root token.
   *
   * @param path - under `/v1/`
   * @returns the answer's JSON, `undefined` for an empty one
   * @throws Error with the server's text, when the answer is no success
   */
  admin(method: 'GET' | 'POST' | 'PUT' | 'DELETE', path: string, body?: object): Promise<unknown>;
  /** Stops it. Resolves once its process has ended; safe to call more than once. */
  stop(): Promise<void>;
}

/** See `OpenBaoServer.admin`. */
function openBaoAdmin(address: string, rootToken: string): OpenBaoServer['admin'] {
  return async (method, path, body) => {
    const answer = await fetch(`${address}/v1/${path}`, {
      method,
      headers: { 'x-vault-token': rootToken, 'content-type': 'application/json' },
      body: body === undefined ? null : JSON.stringify(body),
      signal: AbortSignal.timeout(10_000),
    });
    const text = await answer.text();
    if (!answer.ok) {
      throw new Error(`OpenBao: ${method} ${path}: HTTP ${String(answer.status)} ${text.trim()}`);
    }
    return text === '' ? undefined : (JSON.parse(text) as unknown);
  };
}

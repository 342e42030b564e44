import { randomBytes } from 'node:crypto';
import { BringUpError } from '../find/bring-up-error';
import { freePort } from '../process/free-port';
import { startServiceProcess } from '../process/service-process';
import { waitUntil } from '../process/wait-until';
import type { OpenBaoCommand } from './check-openbao';
import { findOpenBao } from './find-openbao';
import { openBaoAdmin } from './openbao-admin';
import type { OpenBaoServer } from './openbao-server';

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
